/** A panel of emoji with a filter; arrows move, Enter takes. */

import { el, replace } from "./dom.js";
import { emojiGroups, emojiNode, searchEmoji } from "./emoji.js";
import { openPopover } from "./popover.js";

const COLUMNS = 9;

export function openEmojiPicker(anchor, onPick) {
  const grid = el("div.emoji-grid");
  const filter = el(
    "input.select-filter",
    { type: "search", placeholder: "Find an emoji", "aria-label": "Find an emoji" },
  );
  const panel = el("div.emoji-panel", { role: "dialog", "aria-label": "Emoji" }, filter, grid);
  const handle = openPopover(
    anchor,
    panel,
    {
      side: "top",
      align: "end",
      onClose: () => document.activeElement === document.body && anchor.isConnected && anchor.focus(),
    },
  );
  const take = (name) => {
    handle.close();
    onPick(name);
  };
  const cell = (name) => el(
    "button.emoji-cell",
    { type: "button", title: `:${name}:`, "aria-label": name.replaceAll("_", " "), on: { click: () => take(name) } },
    emojiNode(name),
  );
  const draw = () => {
    const typed = filter.value.trim().replaceAll(":", "").replaceAll(" ", "_");
    const groups = typed ? [["Found", searchEmoji(typed, 60)]] : emojiGroups();
    replace(
      grid,
      groups.map(([title, names]) => [
        el("h4.emoji-title", {}, title),
        names.length ? el("div.emoji-cells", {}, names.map(cell)) : el("p.select-empty", {}, "Nothing matches."),
      ]),
    );
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
