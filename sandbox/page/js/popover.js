/** Floating panels and menus beside an anchor, in the browser's top layer (Esc and a click outside close them). */

import { append, el, freshId } from "./dom.js";

const GAP = 6;
const EDGE = 8;

function place(panel, anchor, side) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const below = at.bottom + GAP + height <= innerHeight - EDGE;
  const above = at.top - GAP - height >= EDGE;
  const up = side === "top" ? above || !below : !below && above;
  const left = panel.dataset.align === "end" ? at.right - width : at.left;
  const top = up ? at.top - GAP - height : at.bottom + GAP;
  panel.style.setProperty("left", `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`);
  panel.style.setProperty("top", `${Math.max(EDGE, Math.min(top, innerHeight - height - EDGE))}px`);
}

/** Opens `panel` beside `anchor`. `side` "top" prefers above, `align` "end" lines up the right edges. */
export function openPopover(anchor, panel, { side = "bottom", align = "start", onClose = () => {} } = {}) {
  panel.classList.add("popover");
  panel.popover = "auto";
  panel.dataset.align = align;
  (anchor.closest("dialog") ?? document.body).append(panel);
  panel.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    panel.remove();
    anchor.removeAttribute("aria-expanded");
    onClose();
  });
  panel.showPopover();
  anchor.setAttribute("aria-expanded", "true");
  place(panel, anchor, side);
  return {
    panel,
    close: () => panel.isConnected && panel.hidePopover(),
    reposition: () => place(panel, anchor, side),
  };
}

/** Arrow keys, Home and End move the focus among `items`. */
export function arrowKeys(event, items, { horizontal = false } = {}) {
  const forward = horizontal ? "ArrowRight" : "ArrowDown";
  const back = horizontal ? "ArrowLeft" : "ArrowUp";
  const at = items.indexOf(document.activeElement);
  const next = {
    [forward]: (at + 1) % items.length,
    [back]: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  }[event.key];
  if (next === undefined || !items.length) return;
  event.preventDefault();
  items[next].focus();
}

/** A menu of `{label, run, icon?, hint?, danger?, description?}`; "-" draws a line, `{title}` a heading. */
export function openMenu(anchor, entries, options = {}) {
  const menu = el("div.menu", { role: "menu", "aria-label": options.label ?? "Actions", id: freshId("menu") });
  const handle = { close: () => {} };
  append(menu, entries.filter(Boolean).map((entry) => menuEntry(entry, handle)));
  menu.addEventListener("keydown", (event) => {
    arrowKeys(event, [...menu.querySelectorAll("[role^='menuitem']")]);
    if (event.key === "Tab") handle.close();
  });
  Object.assign(
    handle,
    openPopover(anchor, menu, { ...options, onClose: () => restoreFocus(menu, anchor, options.onClose) }),
  );
  menu.querySelector("[role^='menuitem']")?.focus();
  return handle;
}

function restoreFocus(menu, anchor, onClose) {
  if (document.activeElement === document.body && anchor.isConnected) anchor.focus({ preventScroll: true });
  onClose?.();
}

function menuEntry(entry, handle) {
  if (entry === "-") return el("div.menu-line", { role: "separator" });
  if (entry.title) return el("div.menu-title", { role: "presentation" }, entry.title);
  const run = () => {
    handle.close();
    entry.run();
  };
  const chosen = entry.chosen === undefined ? {} : { "aria-checked": String(entry.chosen) };
  return el("button.menu-item", {
    type: "button",
    role: entry.chosen === undefined ? "menuitem" : "menuitemradio",
    tabindex: "-1",
    class: entry.danger ? "danger" : "",
    ...chosen,
    on: { click: run },
  },
    entry.icon ? el("span.menu-icon", {}, entry.icon) : null,
    el(
      "span.menu-text",
      {},
      el("span.menu-label", {}, entry.label),
      entry.description ? el("span.menu-description", {}, entry.description) : null,
    ),
    entry.hint ? el("kbd.menu-hint", {}, entry.hint) : null);
}
