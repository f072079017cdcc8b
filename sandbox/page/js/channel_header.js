/** The line above a conversation: its name, topic, people, tabs. */

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { avatar, channelTitle, nameOf, personOf } from "./people.js";
import { openMenu } from "./popover.js";

const TABS = [["messages", "Messages"], ["home", "Home"], ["about", "About"]];

function glyph(app, channel) {
  if (channel.kind === "public") return icon("hash", 18);
  if (channel.kind === "private") return icon("lock", 18);
  return avatar(channel.kind === "app" ? { isApp: true } : personOf(app.store, channel.peer), 24);
}

function membersButton(app, channel) {
  const people = (channel.members ?? []).map((id) => app.store.user(id)).filter(Boolean);
  if (!people.length) return null;
  const button = el("button.members", {
    type: "button",
    "aria-haspopup": "menu",
    "aria-label": `${people.length} members`,
    title: "Members",
  },
    people.slice(0, 3).map((user) => avatar(
      personOf(app.store, user.id),
      22,
    )), el("span", {}, String(people.length)));
  const entry = (user) => ({
    label: nameOf(user),
    description: user.is_guest ? "Guest" : user.is_bot ? "App" : user.is_admin ? "Admin" : "",
    icon: avatar(personOf(app.store, user.id), 24),
    run: () => app.places.openPerson(user.id, button),
  });
  button.addEventListener("click", () => openMenu(
    button,
    [
      { title: "Members" },
      ...people.map(entry),
      "-",
      { label: "Leave channel", danger: true, run: () => app.do("leave", { channel: channel.id }) },
    ],
    { label: "Members", align: "end" },
  ));
  return button;
}

function tabs(app, channel) {
  const current = app.route.tab;
  return el("nav.tabs", { "aria-label": `${app.store.app.name} tabs` }, TABS.map(([tab, label]) =>
    el(
      "button.tab",
      {
        type: "button",
        "aria-current": tab === current ? "page" : null,
        on: { click: () => app.go({ channel: channel.id, tab }) },
      },
      label,
    )));
}

export function menuButton(app) {
  return el(
    "button.icon-button.nav-toggle",
    { type: "button", "aria-label": "Open channels", on: { click: () => app.store.emit("drawer", { open: true }) } },
    icon("menu"),
  );
}

export function channelHeader(app, channel) {
  const isChannel = channel.kind === "public" || channel.kind === "private";
  const name = el(
    "h1.pane-title",
    {},
    el("span.pane-glyph", {}, glyph(app, channel)),
    channelTitle(app.store, channel),
    channel.kind === "app" ? el("span.app-badge", {}, "APP") : null,
  );
  return [
    el(
      "div.pane-head",
      {},
      menuButton(app),
      name,
      isChannel && channel.topic ? el(
        "p.pane-topic",
        { title: channel.topic },
        channel.topic,
      ) : el("span.pane-topic"),
      isChannel ? membersButton(app, channel) : null,
    ),
    channel.kind === "app" ? tabs(app, channel) : null,
  ];
}
