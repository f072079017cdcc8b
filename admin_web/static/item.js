// The page of one item: keys, and what belongs to its words. Without it the page still plays and its links work.
import { follow } from "./player.js";
import { searchIn } from "./search.js";

const lines = document.getElementById("lines");
const query = document.getElementById("query");
const help = document.getElementById("help");
const player = document.getElementById("player");

const playing = player ? follow(player, lines) : null;
if (lines) searchIn(lines, playing);
if (lines?.dataset.page) document.getElementById(`page-${lines.dataset.page}`)?.scrollIntoView();

const openHelp = () => (help.open ? help.close() : help.showModal());
document.getElementById("help-open")?.addEventListener("click", openHelp);

function focusSearch() {
  query?.focus();
  query?.select();
}

const KEYS = new Map([["?", openHelp], ["/", focusSearch], ...(playing?.keys ?? [])]);

function isTyping(target) {
  return target instanceof HTMLInputElement || target.isContentEditable;
}

// Space and Enter belong to a button or link that has the focus; arrows scroll a list only where nothing plays.
function belongsToFocus(event) {
  return event.key === " " && event.target.closest?.("button, a, summary");
}

// Captured, so that a focused video does not act on the same key a second time.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || belongsToFocus(event)) return;
  if (help.open && event.key !== "?") return;
  const action = KEYS.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  if (!action) return;
  event.preventDefault();
  event.stopPropagation();
  action();
}, true);
