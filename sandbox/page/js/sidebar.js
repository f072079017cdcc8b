/** The list of channels, direct messages and apps. */

import { el, replace } from "./dom.js";
import { icon } from "./icons.js";
import { avatar, channelTitle, nameOf, personOf } from "./people.js";
import { arrowKeys, openMenu } from "./popover.js";

const FOLDED = "sandbox.folded";

function readFolded() {
  return new Set(JSON.parse(localStorage.getItem(FOLDED) ?? "[]"));
}

export class Sidebar {
  constructor(app, node) {
    Object.assign(this, { app, node });
    this.folded = readFolded();
    app.store.on("channels", () => this.draw());
    app.store.on("route", () => this.draw());
    const items = () => [...node.querySelectorAll(".side-item, .side-fold")];
    node.addEventListener("keydown", (event) => arrowKeys(event, items()));
    this.draw();
  }

  draw() {
    const focused = this.node.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const scroller = this.node.querySelector(".side-scroll");
    const top = scroller?.scrollTop ?? 0;
    const all = [...this.app.store.channels.values()];
    const isNamed = ({ kind }) => kind === "public" || kind === "private";
    const named = all.filter((channel) => isNamed(channel) && channel.is_member !== false);
    named.sort((one, other) => one.name.localeCompare(other.name));
    const body = el(
      "div.side-scroll",
      {},
      this.section("channels", "Channels", named, this.addChannel()),
      this.section("direct", "Direct messages", all.filter(({ kind }) => kind === "im"), this.addPerson()),
      this.section("apps", "Apps", all.filter(({ kind }) => kind === "app")),
    );
    replace(this.node, this.head(), body);
    body.scrollTop = top;
    if (focused) this.node.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  head() {
    const close = el(
      "button.icon-button.drawer-close",
      {
        type: "button",
        "aria-label": "Close channels",
        on: { click: () => this.app.store.emit("drawer", { open: false }) },
      },
      icon("close"),
    );
    return el(
      "div.side-head",
      {},
      el("p.side-team", {}, this.app.store.team.name),
      el("span.side-local", { title: "Nothing here leaves this machine" }, "on this machine"),
      close,
    );
  }

  section(key, title, channels, extra) {
    const folded = this.folded.has(key);
    const shown = folded ? channels.filter(({ id, unread }) => unread || id === this.app.route.channel) : channels;
    const toggle = el(
      "button.side-fold",
      {
        type: "button",
        "aria-expanded": String(!folded),
        data: { key: `fold/${key}` },
        on: { click: () => this.fold(key) },
      },
      icon("chevron", 16),
      title,
    );
    return el(
      "section.side-section",
      { class: folded ? "folded" : "" },
      toggle,
      el("ul.side-list", { "aria-label": title }, shown.map((channel) => el("li", {}, this.item(channel)))),
      folded ? null : extra,
    );
  }

  fold(key) {
    if (!this.folded.delete(key)) this.folded.add(key);
    localStorage.setItem(FOLDED, JSON.stringify([...this.folded]));
    this.draw();
  }

  item(channel) {
    const { app } = this;
    const current = app.route.channel === channel.id;
    const unread = current && document.hasFocus() ? 0 : channel.unread ?? 0;
    const badge = el("span.side-count", { "aria-label": `${unread} unread` }, String(unread));
    return el(
      "button.side-item",
      {
        type: "button",
        class: unread ? "unread" : "",
        "aria-current": current ? "page" : null,
        data: { key: channel.id },
        on: { click: () => this.open(channel) },
      },
      el("span.side-glyph", {}, this.glyph(channel)),
      el("span.side-name", {}, channelTitle(app.store, channel)),
      channel.peer === app.store.me ? el("span.side-you", {}, "you") : null,
      unread ? badge : null,
    );
  }

  open(channel) {
    this.app.store.emit("drawer", { open: false });
    this.app.go({ channel: channel.id });
  }

  glyph(channel) {
    if (channel.kind === "public") return icon("hash", 18);
    if (channel.kind === "private") return icon("lock", 16);
    return avatar(channel.kind === "app" ? { isApp: true } : personOf(this.app.store, channel.peer), 20);
  }

  addChannel() {
    const { store } = this.app;
    const others = [...store.channels.values()].filter(({
      kind,
      is_member: member,
    }) => kind === "public" && member === false);
    if (!others.length) return null;
    const button = this.addButton("Browse channels", () => openMenu(
      button,
      [
        { title: "Channels to look into" },
        ...others.map((channel) => ({
          label: channel.name,
          description: channel.topic,
          icon: icon("hash", 18),
          run: () => this.open(channel),
        }))
      ],
      { label: "Browse channels" },
    ));
    return button;
  }

  addPerson() {
    const { app } = this;
    const known = new Set([...app.store.channels.values()].map(({ peer }) => peer));
    const people = [...app.store.users.values()].filter(({ id, is_bot: bot }) => !known.has(id) && !bot);
    if (!people.length) return null;
    const button = this.addButton("New message", () => openMenu(
      button,
      [
        { title: "Write to" },
        ...people.map((user) => ({
          label: nameOf(user),
          icon: avatar(personOf(app.store, user.id), 24),
          run: () => openDirect(app, user.id),
        }))
      ],
      { label: "New message" },
    ));
    return button;
  }

  addButton(label, run) {
    return el(
      "button.side-item.side-add",
      { type: "button", "aria-haspopup": "menu", data: { key: label }, on: { click: run } },
      el("span.side-glyph", {}, icon("plus", 16)),
      label,
    );
  }
}

/** Opens the direct message with someone; the workspace makes it when there is none. */
export async function openDirect(app, user) {
  const known = [...app.store.channels.values()].find(({ peer }) => peer === user);
  if (known) return app.go({ channel: known.id });
  const answer = await app.do("open_dm", { user });
  if (!answer) return undefined;
  const channel = typeof answer.channel === "string" ? {
    id: answer.channel,
    kind: "im",
    peer: user,
    name: "",
    members: [],
    unread: 0,
  } : answer.channel;
  app.store.putChannel(channel);
  return app.go({ channel: channel.id });
}
