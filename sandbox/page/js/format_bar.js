/** The row of formatting buttons above a text area: wraps the selection in Slack's marks. */

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { arrowKeys } from "./popover.js";

function change(area, text, from, to) {
  area.focus();
  area.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) area.setRangeText(text, from, to, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function wrap(area, before, after = before) {
  const { selectionStart: from, selectionEnd: to } = area;
  const chosen = area.value.slice(from, to);
  change(area, before + chosen + after, from, to);
  if (!chosen) area.setSelectionRange(from + before.length, from + before.length);
}

function prefix(area, mark) {
  const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const to = Math.max(area.selectionEnd, from);
  const marked = area.value.slice(from, to).split("\n").map((line, index) => (typeof mark === "function"
    ? mark(index)
    : mark) + line);
  change(area, marked.join("\n"), from, to);
}

const TOOLS = [
  ["bold", "Bold", (area) => wrap(area, "*"), "b"],
  ["italic", "Italic", (area) => wrap(area, "_"), "i"],
  ["strike", "Strikethrough", (area) => wrap(area, "~"), null],
  ["list", "Bulleted list", (area) => prefix(area, "• "), null],
  ["quote", "Quote", (area) => prefix(area, "> "), null],
  ["code", "Code", (area) => wrap(area, "`"), "e"],
  ["codeblock", "Code block", (area) => wrap(area, "```\n", "\n```"), null],
];

export function formatBar(area) {
  const buttons = TOOLS.map(([glyph, label, run], index) =>
    el(
      "button.format-button",
      {
        type: "button",
        "aria-label": label,
        title: label,
        tabindex: index ? "-1" : "0",
        on: { click: () => run(area), mousedown: (event) => event.preventDefault() },
      },
      icon(glyph, 18),
    ));
  area.addEventListener("keydown", (event) => {
    const tool = (event.ctrlKey || event.metaKey) && !event.altKey && TOOLS.find(([, , , key]) => key &&
      key === event.key.toLowerCase());
    if (!tool) return;
    event.preventDefault();
    tool[2](area);
  });
  const bar = el("div.format-bar", { role: "toolbar", "aria-label": "Formatting" }, buttons);
  bar.addEventListener("keydown", (event) => arrowKeys(event, buttons, { horizontal: true }));
  return bar;
}

export { change as insertInto };
