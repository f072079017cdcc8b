/** Keys that work everywhere. */

import { openDialog } from "./dialog.js";
import { el, isTyping } from "./dom.js";
import { openJump } from "./jump.js";

const KEYS = [
  ["Jump to a conversation", "Ctrl K"],
  ["Next, previous conversation", "Alt ↓ ↑"],
  ["Close thread, dialog or menu", "Esc"],
  ["Edit your last message", "↑ in an empty composer"],
  ["Walk through messages", "↑ ↓ in the list"],
  ["On a message: edit, reply, react", "E  T  R"],
  ["Next part of the window", "F6"],
  ["Bold, italic, code", "Ctrl B  I  E"],
  ["These keys", "Ctrl /"],
];

export function openShortcuts() {
  openDialog(
    "shortcuts",
    "Keyboard shortcuts",
    el(
      "dl.key-list",
      {},
      KEYS.map(([what, keys]) => el(
        "div",
        {},
        el("dt", {}, what),
        el("dd", {}, keys.split("  ").map((key) => el("kbd", {}, key))),
      )),
    ),
  );
}

function neighbour(app, step) {
  const nodes = [...document.querySelectorAll("#sidebar .side-item:not(.side-add)")];
  const items = nodes.map((node) => node.dataset.key);
  const next = items[(items.indexOf(app.route.channel) + step + items.length) % items.length];
  if (next) app.go({ channel: next });
}

function nextRegion(step) {
  const regions = [
    "#sidebar .side-item[aria-current], #sidebar .side-item",
    "#main .list, #main .home",
    "#main textarea",
    "#side:not([hidden]) .list",
    "#side:not([hidden]) textarea",
    "#inspector:not([hidden]) input",
  ].map((selector) => document.querySelector(selector)).filter(Boolean);
  const at = regions.findIndex((node) => node.contains(document.activeElement));
  regions[(at + step + regions.length) % regions.length]?.focus();
}

function escape(app, event) {
  app.store.emit("drawer", { open: false });
  if (event.defaultPrevented || document.querySelector("dialog[open], :popover-open") || !app.route.thread) return;
  app.closeThread();
}

/** A letter typed outside of any field goes to the composer, as in Slack; on a message letters are its shortcuts. */
function typeAnywhere(app, event) {
  const letter = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
  const busy = document.querySelector("dialog[open], :popover-open") || isTyping(event.target) ||
    event.target.classList?.contains("msg");
  if (letter && !busy) app.store.emit("route");
}

export function listenToKeys(app) {
  document.addEventListener("keydown", (event) => {
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "k") openJump(app);
    else if (command && event.key === "/") openShortcuts();
    else if (event.altKey && event.key === "ArrowDown") neighbour(app, 1);
    else if (event.altKey && event.key === "ArrowUp") neighbour(app, -1);
    else if (event.key === "F6") nextRegion(event.shiftKey ? -1 : 1);
    else {
      if (event.key === "Escape") escape(app, event);
      typeAnywhere(app, event);
      return;
    }
    event.preventDefault();
  });
}
