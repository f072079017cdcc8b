/** A panel of emoji with a filter; arrows move, Enter takes. */

import { el, replace } from "./dom.js";
import { emojiGroups, emojiNode, searchEmoji } from "./emoji.js";
import { openPopover } from "./popover.js";

const COLUMNS = 9;

function cellNode(name, take) {
  const label = name.replaceAll("_", " ");
  const attributes = { type: "button", title: `:${name}:`, "aria-label": label, on: { click: () => take(name) } };
  return el("button.emoji-cell", attributes, emojiNode(name));
}

function groupNodes(typed, take) {
  const groups = typed ? [["Found", searchEmoji(typed, 60)]] : emojiGroups();
  return groups.map(([title, names]) => [
    el("h4.emoji-title", {}, title),
    names.length
      ? el("div.emoji-cells", {}, names.map((name) => cellNode(name, take)))
      : el("p.select-empty", {}, "Nothing matches."),
  ]);
}

export function openEmojiPicker(anchor, onPick) {
  const grid = el("div.emoji-grid");
  const name = "Find an emoji";
  const filter = el("input.select-filter", { type: "search", placeholder: name, "aria-label": name });
  const panel = el("div.emoji-panel", { role: "dialog", "aria-label": "Emoji" }, filter, grid);
  const giveFocusBack = () => document.activeElement === document.body && anchor.isConnected && anchor.focus();
  const handle = openPopover(anchor, panel, { side: "top", align: "end", onClose: giveFocusBack });
  const take = (chosen) => {
    handle.close();
    onPick(chosen);
  };
  const draw = () => {
    replace(grid, groupNodes(filter.value.trim().replaceAll(":", "").replaceAll(" ", "_"), take));
    handle.reposition();
  };
  filter.addEventListener("input", draw);
  panel.addEventListener("keydown", (event) => moveIn(event, panel, filter));
  draw();
  filter.focus();
}

function moveIn(event, panel, filter) {
  const cells = [...panel.querySelectorAll(".emoji-cell")];
  const at = cells.indexOf(document.activeElement);
  if (event.key === "Enter" && at < 0 && cells.length) return cells[0].click();
  if (at < 0 && event.key !== "ArrowDown") return undefined;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: at < 0 ? 1 : COLUMNS, ArrowUp: -COLUMNS }[event.key];
  if (!step) return undefined;
  event.preventDefault();
  return (cells[at + step] ?? (step < 0 ? filter : cells.at(-1))).focus();
}
