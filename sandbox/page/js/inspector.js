/** The wire traffic: every request and answer between Slack's side, the app and the providers. */

import { el, replace } from "./dom.js";
import { icon } from "./icons.js";

const KEPT = 500;

function isFault(entry) {
  return entry.status >= 400 || entry.answer?.ok === false;
}

const pretty = (value) => (typeof value === "string" ? value : JSON.stringify(value ?? null, null, 2));
const clock = (at) => new Date(typeof at === "number" ? at * 1000 : at).toLocaleTimeString("en-GB");

/** What sort of delivery it is, where the name alone does not say. */
function kindOf({ direction, name, request }) {
  if (direction !== "slack→app") return "";
  const type = request?.type === "event_callback" ? "event" : request?.type ?? (request?.command ? "command" : "");
  return type === name ? "" : type.replaceAll("_", " ");
}

const ARROWS = { "app→slack": "up", "slack→app": "chevron", "app→provider": "sparkle" };

export class Inspector {
  constructor(app, node) {
    Object.assign(this, { app, node });
    this.entries = [];
    this.paused = false;
    this.open = new Set();
    app.store.on("inspector", () => this.toggle());
    this.build();
  }

  build() {
    const button = (glyph, label, run) =>
      el("button.icon-button", { type: "button", "aria-label": label, title: label, on: { click: run } }, icon(glyph));
    this.filter = el("input.inspector-filter", {
      type: "search",
      placeholder: "Filter by name or content",
      "aria-label": "Filter traffic",
      on: { input: () => this.draw() },
    });
    this.pauseButton = button("pause", "Pause", () => this.pause());
    this.count = el("span.hint", { role: "status" });
    this.list = el("ol.traffic", { "aria-label": "Traffic, newest first" });
    replace(
      this.node,
      el(
        "header.pane-head",
        {},
        el("h2.pane-title", {}, "Traffic"),
        this.count,
        this.pauseButton,
        button("trash", "Clear", () => this.clear()),
        button("close", "Close traffic", () => this.toggle()),
      ),
      el("div.inspector-bar", {}, this.filter),
      el("div.traffic-scroll", { tabindex: "0", role: "region", "aria-label": "Traffic" }, this.list),
    );
  }

  toggle() {
    this.node.hidden = !this.node.hidden;
    this.listening ??= this.follow();
    this.app.store.emit("layout");
    if (this.node.hidden) return;
    this.draw();
    this.filter.focus();
  }

  /** What went by lately, then everything from now on. */
  follow() {
    const { api } = this.app;
    this.app.try(api.get("/ui/traffic")).then((answer) => answer?.entries.forEach((entry) => this.add(entry)));
    return api.listen((event) => event.type === "traffic" && this.add(event.entry), () => {}, { traffic: 1 });
  }

  pause() {
    this.paused = !this.paused;
    this.pauseButton.setAttribute("aria-pressed", String(this.paused));
    replace(this.pauseButton, icon(this.paused ? "play" : "pause"));
    this.draw();
  }

  clear() {
    this.entries = [];
    this.draw();
  }

  /** An entry may come twice: once when asked, again when answered. */
  add(entry) {
    const at = this.entries.findIndex(({ id }) => id === entry.id);
    if (at >= 0) this.entries[at] = entry;
    else this.entries.unshift(entry);
    this.entries.length = Math.min(this.entries.length, KEPT);
    if (!this.paused && !this.node.hidden) this.soon();
  }

  soon() {
    this.pending ??= requestAnimationFrame(() => {
      this.pending = null;
      this.draw();
    });
  }

  draw() {
    const wanted = this.filter.value.trim().toLowerCase();
    const shown = wanted ? this.entries.filter((entry) =>
      JSON.stringify(entry).toLowerCase().includes(wanted)) : this.entries;
    this.count.textContent = this.paused ? "paused" : `${shown.length}`;
    replace(
      this.list,
      shown.length ? shown.slice(0, 200).map((entry) => this.row(entry)) : el(
        "li.select-empty",
        {},
        wanted ? "Nothing matches." : "Nothing yet. Say something to the app.",
      ),
    );
  }

  row(entry) {
    const details = el("details.wire", { open: this.open.has(entry.id), class: isFault(entry) ? "wire-fault" : "" },
      el("summary.wire-head", {},
        el(
          "span.wire-direction",
          { title: entry.direction, data: { direction: entry.direction } },
          icon(ARROWS[entry.direction] ?? "right", 16),
          el("span.sr-only", {}, entry.direction),
        ),
        el("span.wire-name", {}, entry.name, el("span.wire-kind", {}, kindOf(entry))), el(
          "span.wire-status",
          {},
          String(entry.answer?.error ?? entry.status ?? "…"),
        ),
        el(
          "span.wire-ms",
          {},
          entry.ms === null || entry.ms === undefined ? "" : `${Math.round(entry.ms)} ms`,
        ), el("span.wire-at", {}, clock(entry.at))));
    details.addEventListener("toggle", () => this.opened(entry, details));
    if (details.open) this.fill(entry, details);
    return el("li", {}, details);
  }

  opened(entry, details) {
    if (!details.open) return this.open.delete(entry.id);
    this.open.add(entry.id);
    return details.childElementCount < 2 && this.fill(entry, details);
  }

  fill(entry, details) {
    const part = (title, value) => el(
      "div.wire-part",
      {},
      el(
        "p.wire-title",
        {},
        title,
        el(
          "button.link-button",
          { type: "button", on: { click: () => this.app.copy(pretty(value), "Copied.") } },
          "Copy",
        ),
      ),
      el("pre.wire-code", { tabindex: "0", role: "region", "aria-label": title }, pretty(value)),
    );
    details.append(el("div.wire-body", {}, part("Request", entry.request), part("Answer", entry.answer)));
  }
}
