/** Editing one's own message in place. */

import { autosize } from "./autosize.js";
import { el } from "./dom.js";
import { decodeMentions, encodeText } from "./mentions.js";

/** Replaces the row's body with a text area; Enter saves, Esc gives up. */
export function openEditor(row) {
  const { app, message } = row;
  const area = el("textarea.edit-area", { rows: 1, "aria-label": "Edit message" });
  area.value = decodeMentions(message.text ?? "", app.store);
  const close = () => {
    row.editor = null;
    row.draw();
    app.store.emit("route");
  };
  const save = async () => {
    const text = encodeText(area.value.trim(), app.store);
    const edit = { channel: message.channel, ts: message.ts, text };
    const saved = !text || text === message.text || (await app.do("edit", edit));
    if (saved) close();
  };
  const key = (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  area.addEventListener("keydown", key);
  const button = (style, label, run) => el(style, { type: "button", on: { click: run } }, label);
  const foot = el(
    "div.editor-foot",
    {},
    el("span.hint", {}, "Enter to save · Esc to cancel"),
    button("button.button.small", "Cancel", close),
    button("button.button.primary.small", "Save", save),
  );
  row.editor = el("div.editor", {}, area, foot);
  row.body.node.replaceChildren(row.editor);
  autosize(area);
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}
