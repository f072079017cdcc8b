/** A list of messages that follows the store: a channel's, or one thread's. */

import { el, isTyping } from "./dom.js";
import { belongsTogether, dayLine, unreadLine } from "./message_dividers.js";
import { MessageRow } from "./message_row.js";
import { summary } from "./message_body.js";
import { authorOf } from "./people.js";
import { isTopLevel, threadKey } from "./store.js";
import { dayKey, fromTs } from "./time.js";

const NEAR_PX = 80;

export class MessageList {
  constructor(app, channel, thread) {
    Object.assign(this, { app, channel, thread });
    this.rows = new Map();
    this.dividers = new Map();
    this.inner = el("div.list-inner");
    this.foot = el("div.list-foot");
    this.head = el("div.list-head");
    this.day = el("span.day-label.day-float", { hidden: true, "aria-hidden": "true" });
    this.node = el(
      "div.list",
      { tabindex: "0", role: "log", "aria-live": "off", "aria-label": thread ? "Thread" : "Messages" },
      this.head,
      this.inner,
      this.foot,
    );
    this.node.addEventListener("scroll", () => this.scrolled());
    this.node.addEventListener("keydown", (event) => this.key(event));
    this.watcher = new ResizeObserver(() => this.stick());
    this.stuck = true;
    this.firstUnread = null;
  }

  start() {
    const { store } = this.app;
    this.stops = [
      store.on("messages", ({ channel }) => channel === this.channel && this.soon()),
      store.on("status", ({
        channel,
        thread_ts: thread,
      }) => channel === this.channel && this.rows.get(thread)?.drawReplies()),
      store.on("finished", ({
        channel,
        message,
      }) => channel === this.channel && this.rows.get(message.thread_ts)?.drawReplies()),
      store.on("arrived", (event) => this.arrived(event)),
      store.on("finished", (event) => this.announce(event)),
    ];
    this.watcher.observe(this.inner);
    this.watcher.observe(this.foot);
    this.watcher.observe(this.node);
    return this.load();
  }

  stop() {
    this.stops?.forEach((stop) => stop());
    this.watcher.disconnect();
  }

  async load(before) {
    if (this.loading) return;
    this.loading = true;
    const { app, channel, thread } = this;
    const answer = await app.try(app.api.get("/ui/messages", { channel, thread_ts: thread, before, limit: 60 }));
    this.loading = false;
    if (!answer) return;
    const height = this.node.scrollHeight - this.node.scrollTop;
    if (!before && !this.rows.size) this.markUnread(answer.messages);
    if (!answer.has_more) app.store.complete.add(threadKey(channel, thread));
    app.store.putAll(channel, answer.messages);
    this.draw();
    this.loaded = true;
    if (before) this.node.scrollTop = this.node.scrollHeight - height;
    this.app.store.emit("loaded", { channel, thread });
  }

  /** The red line stands above the first message not read yet; a thread has none. */
  markUnread(messages) {
    const unread = this.thread ? 0 : this.app.store.channel(this.channel)?.unread ?? 0;
    const others = messages.filter((message) => message.user !== this.app.store.me && !message.ephemeral);
    this.firstUnread = unread > 0 ? others.at(-Math.min(unread, others.length))?.ts ?? null : null;
  }

  soon() {
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = null;
      this.draw();
    });
  }

  draw() {
    const messages = this.app.store.list(this.channel, this.thread);
    const nodes = [];
    const days = new Set();
    messages.forEach((message, index) => {
      const before = messages[index - 1];
      const day = dayKey(fromTs(message.ts));
      const newDay = !this.thread && !days.has(day);
      days.add(day);
      const marks = newDay || message.ts === this.firstUnread;
      if (newDay) nodes.push(this.cached(day, () => dayLine(message)));
      if (message.ts === this.firstUnread) nodes.push(this.cached("unread", unreadLine));
      nodes.push(this.row(
        message,
        { compact: !marks && Boolean(belongsTogether(before, message)), inThread: Boolean(this.thread) },
      ).node);
      if (this.thread && index === 0) nodes.push(this.replyLine(messages.length - 1));
    });
    this.arrange(nodes);
    this.forget(messages);
    this.stick();
  }

  row(message, flags) {
    const known = this.rows.get(message.ts);
    if (known) known.update(message, flags);
    else this.rows.set(message.ts, new MessageRow(this.app, message, flags));
    return this.rows.get(message.ts);
  }

  cached(key, make) {
    if (!this.dividers.has(key)) this.dividers.set(key, make());
    return this.dividers.get(key);
  }

  replyLine(count) {
    const node = this.cached("replies", () => el("div.reply-line"));
    node.textContent = count ? `${count} ${count === 1 ? "reply" : "replies"}` : "No replies yet";
    return node;
  }

  /** Puts nodes in order, touching only those that are not where they belong (focus and selection stay). */
  arrange(nodes) {
    const wanted = new Set(nodes);
    for (const child of [...this.inner.children]) if (!wanted.has(child)) child.remove();
    nodes.forEach((node, index) => {
      if (this.inner.children[index] !== node) this.inner.insertBefore(node, this.inner.children[index] ?? null);
    });
  }

  forget(messages) {
    const known = new Set(messages.map(({ ts }) => ts));
    for (const ts of this.rows.keys()) if (!known.has(ts)) this.rows.delete(ts);
  }

  get atEnd() {
    return this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < NEAR_PX;
  }

  stick() {
    if (this.stuck) this.node.scrollTop = this.node.scrollHeight;
  }

  toEnd() {
    this.stuck = true;
    this.stick();
  }

  /** While an older day fills the window its name floats on top. */
  floatDay() {
    const top = this.node.scrollTop;
    const passed = [...this.inner.querySelectorAll(".day")].filter((node) =>
      node.offsetTop - this.node.offsetTop < top).at(-1);
    this.day.hidden = !passed;
    this.day.textContent = passed?.textContent ?? "";
  }

  scrolled() {
    this.stuck = this.atEnd;
    this.floatDay();
    const key = threadKey(this.channel, this.thread);
    if (this.loaded && this.node.scrollTop < NEAR_PX &&
      !this.app.store.complete.has(key)) this.load(this.app.store.list(this.channel, this.thread)[0]?.ts);
    this.app.store.emit("scrolled", { channel: this.channel, thread: this.thread, atEnd: this.stuck });
  }

  arrived({ channel, message }) {
    const { store } = this.app;
    if (!this.shows(channel, message)) return;
    if (message.user === store.me) this.toEnd();
    else if (message.streaming_state !== "in_progress") this.announce({ channel, message });
  }

  shows(channel, message) {
    if (channel !== this.channel) return false;
    return this.thread ? message.thread_ts === this.thread : isTopLevel(message);
  }

  announce({ channel, message }) {
    const { store } = this.app;
    if (!this.shows(channel, message)) return;
    this.app.announce(`${authorOf(store, message).name}: ${summary(message, store)}`);
  }

  /** Arrows walk through the messages; E edits, R reacts, T opens the thread. */
  key(event) {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = [...this.inner.querySelectorAll(".msg")];
    const at = rows.indexOf(event.target.closest(".msg"));
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step && !event.target.closest("[role='toolbar'], [role='menu']")) {
      event.preventDefault();
      (at < 0 ? rows.at(-1) : rows[at + step])?.focus();
    } else if (at >= 0 &&
      event.target.classList.contains("msg")) this.shortcut(event, this.rows.get(rows[at].dataset.ts));
  }

  shortcut(event, row) {
    const name = event.key.toLowerCase();
    if (name === "e" && row?.isMine) row.edit();
    else if (name === "t" && !this.thread) this.app.openThread(this.channel, row.message.thread_ts ?? row.message.ts);
    else if (name === "r") row.tools.querySelector("[aria-label='Add reaction']")?.click();
    else return;
    event.preventDefault();
  }

  editLastOwn() {
    const own = this.app.store.list(this.channel, this.thread).filter((message) =>
      message.user === this.app.store.me && !message.ephemeral && message.text);
    const row = this.rows.get(own.at(-1)?.ts);
    row?.edit();
    return Boolean(row);
  }
}
