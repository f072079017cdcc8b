/** The bar at the top: jump, theme, and who one acts as. The rail at the left: home, the app, the inspector. */

import { el, replace } from "./dom.js";
import { icon } from "./icons.js";
import { avatar, nameOf, personOf } from "./people.js";
import { openMenu } from "./popover.js";
import { THEMES, currentTheme, setTheme } from "./theme.js";

function addressAs(person) {
  const url = new URL(location.href);
  url.searchParams.set("as", person);
  return url;
}

function role(user) {
  if (user.is_admin) return "Admin";
  return user.is_guest ? "Guest" : "Member";
}

export function actAs(app, user) {
  location.assign(addressAs(user.id));
}

function personMenu(app, anchor) {
  const { store } = app;
  const people = [...store.users.values()].filter(({ is_bot: bot }) => !bot);
  const entry = (user) => ({
    label: nameOf(user),
    description: role(user),
    icon: avatar(personOf(store, user.id), 28),
    chosen: user.id === store.me,
    run: () => actAs(app, user),
  });
  const beside = people.filter(({ id }) => id !== store.me).map((user) => ({
    label: `Another window as ${nameOf(user).split(" ")[0]}`,
    icon: icon("window", 18),
    run: () => window.open(addressAs(user.id), "_blank"),
  }));
  openMenu(
    anchor,
    [{ title: "Act as" }, ...people.map(entry), "-", { title: "Side by side" }, ...beside],
    { label: "Act as", align: "end" },
  );
}

function themeMenu(anchor) {
  const current = currentTheme();
  openMenu(
    anchor,
    [
      { title: "Theme" },
      ...THEMES.map(([name, label, glyph]) => ({
        label,
        icon: icon(glyph, 18),
        chosen: name === current,
        run: () => setTheme(name),
      }))
    ],
    { label: "Theme", align: "end" },
  );
}

function button(glyph, label, run, extra = {}) {
  return el(
    "button.top-button",
    { type: "button", "aria-label": label, title: label, on: { click: run }, ...extra },
    icon(glyph),
  );
}

export function drawTop(app, node) {
  const me = personOf(app.store, app.store.me);
  const menu = { "aria-haspopup": "menu" };
  const jump = el(
    "button.jump-button",
    { type: "button", on: { click: () => app.store.emit("jump") } },
    icon("search", 16),
    el("span", {}, `Jump to…`),
    el("kbd", {}, "Ctrl K"),
  );
  const person = el(
    "button.act-as",
    { type: "button", ...menu, title: "Act as someone else", on: { click: () => personMenu(app, person) } },
    avatar(me, 26),
    el("span.act-text", {}, el("span.act-label", {}, "Acting as"), el("span.act-name", {}, me.name)),
    icon("chevron", 16),
  );
  const theme = button("sun", "Theme", () => themeMenu(theme), menu);
  replace(node, el("div.top-start", {}, el("p.top-brand", {}, app.store.team.name)), el("div.top-middle", {}, jump),
    el(
      "div.top-end",
      {},
      el("span.connection", { role: "status" }),
      button("keyboard", "Keyboard shortcuts (Ctrl + /)", () => app.store.emit("shortcuts")),
      theme,
      person,
    ));
}

export function drawRail(app, node) {
  const { store } = app;
  const item = (glyph, label, run, current, badge) => el(
    "button.rail-item",
    { type: "button", "aria-current": current ? "page" : null, on: { click: run } },
    el(
      "span.rail-icon",
      {},
      glyph,
      badge ? el("span.rail-badge", { "aria-label": `${badge} unread` }, String(badge)) : null,
    ),
    el("span.rail-label", {}, label),
  );
  const appChannel = store.appChannel;
  const inApp = appChannel && app.route.channel === appChannel.id;
  const open = !document.getElementById("inspector").hidden;
  replace(node,
    el("span.rail-team", { "aria-hidden": "true" }, (store.team.name ?? "S")[0]),
    item(icon("home"), "Home", () => app.store.emit("drawer", { open: true, home: true }), !inApp),
    appChannel ? item(
      el("span.avatar.avatar-app.avatar-rail", { "aria-hidden": "true" }),
      store.app.name,
      () => app.go({ channel: appChannel.id }),
      inApp,
      inApp ? 0 : appChannel.unread,
    ) : null,
    el(
      "button.rail-item",
      { type: "button", "aria-pressed": String(open), on: { click: () => store.emit("inspector") } },
      el("span.rail-icon", {}, icon("traffic")),
      el("span.rail-label", {}, "Traffic"),
    ),
    el(
      "button.rail-item",
      { type: "button", on: { click: () => store.emit("tour") } },
      el("span.rail-icon", {}, icon("sparkle")),
      el("span.rail-label", {}, "Try it"),
    ));
}
