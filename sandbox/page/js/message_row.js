/** One message in a list: who, when, what, reactions, replies; redraws only the part that changed. */

import { avatar, authorOf } from "./people.js";
import { el, replace } from "./dom.js";
import { icon } from "./icons.js";
import { MessageBody, isStreaming } from "./message_body.js";
import { openEditor } from "./message_edit.js";
import { reactionsNode } from "./reactions.js";
import { toolbar } from "./toolbar.js";
import { clockTime, fromTs, fullTime, lastReply } from "./time.js";

const REPLY_FIELDS = ["reply_count", "reply_users", "reply_users_count", "latest_reply", "subscribed", "is_locked"];
const PART_OF = {
  markdown: "text",
  reactions: "reactions",
  ...Object.fromEntries(REPLY_FIELDS.map((field) => [field, "replies"]))
};
const IGNORED = new Set(["thread_ts", "team"]);

/** Which parts of the row differ between two states of a message. */
function changedParts(before, after) {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const parts = new Set();
  for (const name of names) {
    if (!IGNORED.has(name) && before[name] !== after[name] &&
      JSON.stringify(before[name]) !== JSON.stringify(after[name])) parts.add(PART_OF[name] ?? "all");
  }
  return parts;
}

function replyCount({ reply_count: count }) {
  return count ? el("span.reply-count", {}, `${count} ${count === 1 ? "reply" : "replies"}`) : null;
}

function workingNote(name) {
  const dots = el("span.typing-dots", { "aria-hidden": "true" }, el("i"), el("i"), el("i"));
  return el("span.reply-working", {}, dots, `${name} is working…`);
}

function lastReplyNote({ latest_reply: latest }) {
  const idle = el("span.when-idle", {}, latest ? `Last reply ${lastReply(latest)}` : "");
  return el("span.reply-when", {}, idle, el("span.when-hover", { "aria-hidden": "true" }, "View thread"));
}

export class MessageRow {
  constructor(app, message, flags) {
    this.app = app;
    this.message = message;
    this.flags = flags;
    this.node = el("article.msg", { tabindex: "-1", data: { ts: message.ts } });
    this.node.addEventListener("pointerenter", () => this.showTools());
    this.node.addEventListener("focusin", () => this.showTools());
    this.node.addEventListener("pointerleave", () => this.hideTools());
    this.draw();
  }

  update(message, flags) {
    const redraw = JSON.stringify(flags) !== JSON.stringify(this.flags);
    const parts = message === this.message ? new Set() : changedParts(this.message, message);
    Object.assign(this, { message, flags });
    if (redraw || parts.has("all") || (parts.has("text") && !this.body.live)) this.redraw();
    else this.patch(parts);
  }

  patch(parts) {
    if (parts.has("text")) this.body.grow(this.message);
    if (parts.has("reactions")) this.drawReactions();
    if (parts.has("replies")) this.drawReplies();
  }

  redraw() {
    if (this.editor) return;
    const key = this.node.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    this.draw();
    if (key) [...this.node.querySelectorAll("[data-key]")].find((node) => node.dataset.key === key)?.focus();
  }

  draw() {
    const { app, message, flags } = this;
    const author = authorOf(app.store, message);
    const date = fromTs(message.ts);
    this.body = new MessageBody(app, message);
    this.reactions = el("div.reactions-slot");
    this.replies = el("div.replies-slot");
    this.tools = el("div.tools-slot");
    this.node.className = "msg";
    this.node.classList.toggle("compact", flags.compact);
    this.node.classList.toggle("ephemeral", Boolean(message.ephemeral));
    this.node.classList.toggle("deleted", Boolean(message.deleted));
    this.node.setAttribute("aria-label", `${author.name}, ${fullTime(date)}`);
    replace(
      this.node,
      this.gutter(author, date),
      el(
        "div.msg-main",
        {},
        this.notes(),
        flags.compact ? null : this.head(author, date),
        this.body.node,
        this.stopButton(),
        this.reactions,
        this.replies,
      ),
      this.tools,
    );
    this.drawReactions();
    this.drawReplies();
    if (this.node.matches(":hover")) this.showTools();
  }

  gutter(author, date) {
    const time = el(
      "time.msg-side-time",
      { datetime: date.toISOString(), title: fullTime(date) },
      clockTime(date).replace(/\s?[AP]M$/i, ""),
    );
    return el("div.msg-gutter", {}, this.flags.compact ? time : avatar(author, 36));
  }

  head(author, date) {
    const open = (event) => this.app.places.openPerson(author.id, event.currentTarget);
    const name = this.app.store.user(author.id) ? el(
      "button.msg-author",
      { type: "button", on: { click: open } },
      author.name,
    ) : el("span.msg-author", {}, author.name);
    return el(
      "div.msg-head",
      {},
      name,
      author.isBot ? el("span.app-badge", {}, "APP") : null,
      el("time.msg-time", { datetime: date.toISOString(), title: fullTime(date) }, clockTime(date)),
    );
  }

  notes() {
    const { message, flags } = this;
    if (message.ephemeral) return this.ephemeralNote();
    if (message.subtype === "thread_broadcast" && !flags.inThread) return el(
      "p.msg-note",
      {},
      "replied to a thread: ",
      this.threadLink("open it", message.thread_ts),
    );
    return message.subtype === "thread_broadcast" ? el("p.msg-note", {}, "Also sent to the channel") : null;
  }

  ephemeralNote() {
    const { channel, ts } = this.message;
    const dismiss = () => this.app.do("delete", { channel, ts });
    return el(
      "p.msg-note",
      {},
      icon("eye", 14),
      "Only visible to you ·",
      el("button.link-button", { type: "button", on: { click: dismiss } }, "Dismiss"),
    );
  }

  threadLink(text, thread) {
    return el(
      "button.link-button",
      { type: "button", on: { click: () => this.app.openThread(this.message.channel, thread) } },
      text,
    );
  }

  stopButton() {
    const { message } = this;
    if (!message.stoppable || !isStreaming(message)) return null;
    const stop = () => this.app.do("stop", { channel: message.channel, thread_ts: message.thread_ts ?? message.ts });
    return el("button.stop-button", { type: "button", on: { click: stop } }, icon("stop", 16), "Stop");
  }

  drawReactions() {
    replace(this.reactions, reactionsNode(this.app, this.message));
  }

  drawReplies() {
    const { message, flags, app } = this;
    const working = app.store.work(message.channel, message.ts);
    if (flags.inThread || (!message.reply_count && !working)) return replace(this.replies);
    const faces = message.reply_users ?? [app.store.app.bot_user_id];
    const people = faces.slice(0, 4).map((id) => avatar(authorOf(app.store, { user: id, bot_id: id }), 24));
    const open = () => app.openThread(message.channel, message.ts);
    return replace(this.replies, el(
      "button.reply-bar",
      { type: "button", data: { key: "replies" }, on: { click: open } },
      el("span.reply-faces", {}, people),
      replyCount(message),
      working ? workingNote(app.store.app.name) : lastReplyNote(message),
      icon("right", 16),
    ));
  }

  showTools() {
    if (this.tools.firstChild || this.editor || this.message.deleted) return;
    this.tools.append(toolbar(this));
  }

  hideTools() {
    if (this.node.contains(document.activeElement) && document.activeElement.matches(":focus-visible")) return;
    if (!this.tools.querySelector("[aria-expanded='true']")) this.tools.replaceChildren();
  }

  edit() {
    this.tools.replaceChildren();
    openEditor(this);
  }

  get mayDelete() {
    const { message, app } = this;
    return this.isMine || (app.store.myself?.is_admin && !message.ephemeral && !message.deleted);
  }

  get isMine() {
    return this.message.user === this.app.store.me && !this.message.ephemeral && !this.message.deleted;
  }
}
