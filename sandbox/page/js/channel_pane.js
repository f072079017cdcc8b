/** The middle of the window: a channel, a direct message, or the app's Messages tab. */

import { Composer } from "./composer.js";
import { acceptDrops } from "./drop.js";
import { channelHeader } from "./channel_header.js";
import { el, replace } from "./dom.js";
import { icon } from "./icons.js";
import { intro } from "./intro.js";
import { MessageList } from "./message_list.js";
import { channelLabel } from "./people.js";
import { Prompts } from "./prompts.js";
import { StatusRow } from "./status_row.js";

export class ChannelPane {
  constructor(app, id) {
    Object.assign(this, { app, id });
    const channel = app.store.channel(id);
    const label = channelLabel(app.store, channel);
    this.head = el("header.pane-head-slot");
    this.list = new MessageList(app, id, null);
    this.status = new StatusRow(app, id, null);
    this.jump = el(
      "button.to-end",
      { type: "button", hidden: true, on: { click: () => this.list.toEnd() } },
      icon("chevron", 16),
      "Latest messages",
    );
    this.composer = new Composer(app, { channel: id, label: `Message ${label}`, list: this.list });
    this.prompts = channel.kind === "app" ? new Prompts(app, id, this.composer) : null;
    this.foot = el(
      "div.pane-foot",
      {},
      this.jump,
      this.status.node,
      this.prompts?.node,
      channel.is_member === false ? this.joinBar(channel) : this.composer.node,
    );
    this.node = el(
      "section.pane",
      { "aria-label": label },
      this.head,
      el("div.list-frame", {}, this.list.day, this.list.node),
      this.foot,
    );
    acceptDrops(this.node, this.composer, label);
  }

  start() {
    const { store } = this.app;
    this.stops = [
      store.on("channels", ({ channel }) => (!channel || channel === this.id) && this.channelChanged()),
      store.on("scrolled", (event) => event.channel === this.id && !event.thread && this.scrolled(event.atEnd)),
      store.on("loaded", (event) => event.channel === this.id && !event.thread && this.loaded()),
      store.on("arrived", ({ channel }) => channel === this.id && this.read()),
      store.on("focus", () => this.read()),
    ];
    this.drawHead();
    this.status.start();
    this.prompts?.start();
    return this.list.start();
  }

  stop() {
    this.stops?.forEach((stop) => stop());
    this.list.stop();
    this.status.stop();
    this.prompts?.stop();
  }

  get channel() {
    return this.app.store.channel(this.id);
  }

  drawHead() {
    replace(this.head, channelHeader(this.app, this.channel));
  }

  channelChanged() {
    const member = this.channel.is_member !== false;
    if (member !== this.composer.node.isConnected) this.app.store.emit("remount");
    else this.drawHead();
  }

  loaded() {
    replace(this.list.head, this.app.store.complete.has(`${this.id}:`) ? intro(this.app, this.channel) : null);
    this.read();
  }

  scrolled(atEnd) {
    this.jump.hidden = atEnd;
    if (atEnd) this.read();
  }

  /** Tells the workspace how far this person has read, when they can see it. */
  read() {
    if (!document.hasFocus() || !this.list.stuck || !this.channel?.unread) return;
    const last = this.app.store.list(this.id).filter(({ ephemeral }) => !ephemeral).at(-1);
    if (last) this.app.do("read", { channel: this.id, ts: last.ts });
    this.app.store.setUnread(this.id, 0);
  }

  joinBar(channel) {
    const join = () => this.app.do("join", { channel: channel.id });
    return el(
      "div.join-bar",
      {},
      el("p", {}, "You are looking at ", el("strong", {}, `#${channel.name}`)),
      el("button.button.primary", { type: "button", on: { click: join } }, "Join channel"),
    );
  }
}
