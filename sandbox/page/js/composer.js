/** Where a person writes: text, commands, files; for a channel or a thread. */

import { autosize } from "./autosize.js";
import { Completion, usageOf } from "./completion.js";
import { el, replace } from "./dom.js";
import { openEmojiPicker } from "./emoji_picker.js";
import { formatBar, insertInto } from "./format_bar.js";
import { icon } from "./icons.js";
import { encodeText } from "./mentions.js";
import { threadKey } from "./store.js";
import { Uploads } from "./uploads.js";

export class Composer {
  /** `list` is the message list above it: Up in an empty composer edits its last own message. */
  constructor(app, { channel, thread = null, label, list }) {
    Object.assign(this, { app, channel, thread, list });
    this.key = threadKey(channel, thread);
    this.area = el(
      "textarea.composer-area",
      { rows: 1, placeholder: label, "aria-label": label, maxlength: "40000", spellcheck: "true" },
    );
    this.area.value = app.drafts.get(this.key) ?? "";
    this.completion = new Completion(this.area, app.store, (text, from, to) => this.insert(text, from, to));
    this.uploads = new Uploads(app, () => this.refresh());
    this.build();
    this.listen();
    this.refresh();
  }

  build() {
    this.picker = el("input.sr-only", { type: "file", multiple: true, tabindex: "-1", "aria-hidden": "true" });
    this.hint = el("p.composer-hint", { role: "status" });
    this.sendButton = el(
      "button.send",
      { type: "button", "aria-label": "Send now", title: "Send now (Enter)", on: { click: () => this.send() } },
      icon("send", 18),
    );
    this.broadcast = this.thread ? this.broadcastBox() : null;
    const tools = [
      this.tool("attach", "Attach a file", () => this.picker.click()),
      this.tool("format", "Formatting", (event) => this.toggleFormat(event.currentTarget)),
      this.emojiTool(),
      this.tool("at", "Mention someone", () => this.type("@")),
      this.tool("slash", "Run a command", () => this.type("/")),
    ];
    this.format = formatBar(this.area);
    this.node = el("div.composer-slot", {},
      this.completion.node,
      el(
        "div.composer",
        {},
        this.format,
        this.uploads.node,
        this.area,
        el("div.composer-foot", {}, el("div.composer-tools", {}, tools), this.broadcast, this.sendButton),
      ),
      this.hint, this.picker);
  }

  tool(glyph, label, run) {
    return el(
      "button.composer-tool",
      { type: "button", "aria-label": label, title: label, on: { click: run } },
      icon(glyph, 18),
    );
  }

  emojiTool() {
    const button = this.tool("smile", "Emoji", () => openEmojiPicker(button, (name) => this.type(`:${name}: `)));
    return button;
  }

  broadcastBox() {
    this.alsoSend = el("input", { type: "checkbox", id: `also-${this.thread}` });
    return el(
      "span.also-send",
      {},
      this.alsoSend,
      el("label", { for: `also-${this.thread}` }, "Also send to channel"),
    );
  }

  toggleFormat(button) {
    const hidden = this.node.classList.toggle("no-format");
    button.setAttribute("aria-pressed", String(!hidden));
  }

  listen() {
    const { area } = this;
    this.fit = autosize(area);
    area.addEventListener("input", () => this.refresh());
    area.addEventListener("keydown", (event) => this.pressed(event));
    area.addEventListener("paste", (event) => this.paste(event));
    this.picker.addEventListener("change", () => {
      this.uploads.add(this.picker.files);
      this.picker.value = "";
    });
  }

  refresh() {
    const { area } = this;
    this.app.drafts.set(this.key, area.value);
    this.sendButton.disabled = this.uploads.busy || (!area.value.trim() && !this.uploads.ids.length);
    const command = usageOf(this.app.store, area.value);
    replace(
      this.hint,
      command ? [
        el("strong", {}, command.command),
        ` ${command.usage_hint ?? ""}`,
        command.description ? ` — ${command.description}` : "",
      ] : area.value.trim() ? [el("strong", {}, "Shift + Enter"), " for a new line"] : "",
    );
  }

  paste(event) {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    this.uploads.add(event.clipboardData.files);
  }

  pressed(event) {
    if (event.isComposing || this.completion.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "ArrowUp" && !this.area.value && this.list?.editLastOwn()) event.preventDefault();
  }

  insert(text, from, to) {
    insertInto(this.area, text, from, to);
    this.completion.refresh();
  }

  /** Puts text at the caret as if typed. */
  type(text) {
    this.area.focus();
    this.insert(text, this.area.selectionStart, this.area.selectionEnd);
  }

  fill(text) {
    this.area.value = text;
    this.area.focus();
    this.area.setSelectionRange(text.length, text.length);
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async send() {
    const typed = this.area.value.trim();
    if (this.sendButton.disabled || this.sending) return;
    this.sending = true;
    const sent = await (isCommand(typed) ? this.command(typed) : this.post(typed));
    this.sending = false;
    if (!sent) return;
    this.area.value = "";
    this.uploads.clear();
    if (this.alsoSend) this.alsoSend.checked = false;
    this.refresh();
    this.fit();
    this.list?.toEnd();
  }

  post(typed) {
    const { app, channel, thread } = this;
    return app.do(
      "post",
      {
        channel,
        thread_ts: thread ?? undefined,
        text: encodeText(typed, app.store),
        files: this.uploads.ids,
        broadcast: this.alsoSend?.checked || undefined,
      },
    );
  }

  command(typed) {
    const [, command, text] = /^(\/\S+)\s*([\s\S]*)$/.exec(typed);
    return this.app.do(
      "command",
      { channel: this.channel, thread_ts: this.thread ?? undefined, command, text: encodeText(text, this.app.store) },
    );
  }

  focus() {
    this.area.focus({ preventScroll: true });
  }
}

/** `/word` at the start; "/ word" and "//" are text. */
const isCommand = (typed) => /^\/[a-z0-9][\w-]*(\s|$)/i.test(typed);
