/** The thread at the right. */

import { Composer } from "./composer.js";
import { acceptDrops } from "./drop.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { MessageList } from "./message_list.js";
import { channelLabel } from "./people.js";
import { StatusRow } from "./status_row.js";
import { threadKey } from "./store.js";

export class ThreadPane {
  constructor(app, channel, thread) {
    Object.assign(this, { app, channel, thread });
    const label = channelLabel(app.store, app.store.channel(channel));
    this.title = el("span.thread-title", {}, "Thread");
    this.list = new MessageList(app, channel, thread);
    this.status = new StatusRow(app, channel, thread);
    this.composer = new Composer(app, { channel, thread, label: "Reply…", list: this.list });
    const where = el("button.thread-where", { type: "button", on: { click: () => app.go({ channel }) } }, label);
    const close = el(
      "button.icon-button",
      { type: "button", "aria-label": "Close thread", title: "Close (Esc)", on: { click: () => app.closeThread() } },
      icon("close"),
    );
    this.node = el("section.pane.thread", { "aria-label": "Thread" },
      el("header.pane-head", {}, el("h2.pane-title", {}, this.title, where), close), this.list.node,
      el("div.pane-foot", {}, this.status.node, this.composer.node));
    acceptDrops(this.node, this.composer, "this thread");
  }

  start() {
    this.stops = [this.app.store.on("session", (event) => event.channel === this.channel &&
      event.thread_ts === this.thread && this.drawTitle())];
    this.drawTitle();
    this.status.start();
    return this.list.start();
  }

  drawTitle() {
    const session = this.app.store.sessions.get(threadKey(this.channel, this.thread));
    this.title.textContent = session?.title || "Thread";
  }

  stop() {
    this.stops?.forEach((stop) => stop());
    this.list.stop();
    this.status.stop();
  }
}
