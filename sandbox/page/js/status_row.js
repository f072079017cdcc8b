/** "Showrunner is thinking…" under a conversation, with its Stop button. */

import { el, replace } from "./dom.js";
import { icon } from "./icons.js";

const TURN_MS = 4000;

function words(work, appName) {
  const text = work.text.trim();
  if (!text) return [`${appName} is working…`];
  const first = text.startsWith("is ") || text.startsWith("’s ") ? `${appName} ${text}` : text;
  return [first, ...work.loading_messages];
}

export class StatusRow {
  constructor(app, channel, thread) {
    Object.assign(this, { app, channel, thread });
    this.node = el("div.status-row", { role: "status", hidden: true });
  }

  start() {
    const { store } = this.app;
    const redraw = ({ channel }) => channel === this.channel && this.draw();
    this.stops = [
      store.on("status", redraw),
      store.on("arrived", redraw),
      store.on("finished", redraw),
      store.on("loaded", redraw),
    ];
    this.draw();
  }

  stop() {
    this.stops?.forEach((stop) => stop());
    clearInterval(this.timer);
  }

  draw() {
    clearInterval(this.timer);
    const { store } = this.app;
    const work = store.isStreaming(this.channel, this.thread) ? null : store.work(this.channel, this.thread);
    this.node.hidden = !work;
    if (!work) return replace(this.node);
    const list = words(work, store.app.name);
    const line = el("span.status-text", {}, list[0]);
    const stop = () => this.app.do("stop", { channel: this.channel, thread_ts: this.thread ?? undefined });
    if (list.length > 1) this.timer = setInterval(() => this.turn(line, list), TURN_MS);
    return replace(this.node, el("span.avatar.avatar-app.avatar-tiny", { "aria-hidden": "true" }), line,
      work.stoppable ? el(
        "button.stop-button",
        { type: "button", on: { click: stop } },
        icon("stop", 16),
        "Stop",
      ) : null);
  }

  turn(line, list) {
    line.textContent = list[(list.indexOf(line.textContent) + 1) % list.length];
  }
}
