/** The app's Home and About tabs. */

import { renderBlocks } from "./blocks/index.js";
import { channelHeader } from "./channel_header.js";
import { el, replace } from "./dom.js";
import { FormState } from "./form_state.js";
import { viewSurface } from "./surface.js";
import { avatar } from "./people.js";

export class HomePane {
  constructor(app, id) {
    Object.assign(this, { app, id });
    this.form = new FormState();
    this.body = el("div.home-body", { "aria-live": "polite" }, el("p.hint", {}, "Opening Home…"));
    this.node = el(
      "section.pane",
      { "aria-label": `${app.store.app.name} home` },
      el("header.pane-head-slot", {}, channelHeader(app, app.store.channel(id))),
      el("div.home", { tabindex: "0", role: "region", "aria-label": "Home" }, this.body),
    );
  }

  async start() {
    this.stops = [this.app.store.on("home", ({ view }) => this.draw(view))];
    const answer = await this.app.try(this.app.api.get("/ui/home", { tab: "home" }));
    this.draw(answer?.view ?? this.app.store.home);
  }

  stop() {
    this.stops?.forEach((stop) => stop());
  }

  draw(view) {
    if (!view) return replace(this.body, this.empty());
    const key = this.body.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    replace(this.body, renderBlocks(view.blocks, viewSurface(this.app, view, "home", this.form)));
    if (key) [...this.body.querySelectorAll("[data-key]")].find((node) => node.dataset.key === key)?.focus();
    return undefined;
  }

  empty() {
    const { name } = this.app.store.app;
    return el(
      "div.home-empty",
      {},
      avatar({ isApp: true }, 72),
      el("h2.intro-title", {}, "This is a work in progress"),
      el(
        "p.intro-text",
        {},
        `${name} has not published a Home for you yet. If it was just started, give it a moment.`,
      ),
    );
  }
}

export class AboutPane {
  constructor(app, id) {
    Object.assign(this, { app, id });
    const { store } = app;
    const body = el("div.home-body.about", {}, this.head(), this.commands(), this.shortcuts());
    this.node = el(
      "section.pane",
      { "aria-label": `About ${store.app.name}` },
      el("header.pane-head-slot", {}, channelHeader(app, store.channel(id))),
      el("div.home", { tabindex: "0", role: "region", "aria-label": "About" }, body),
    );
  }

  head() {
    const { name, description } = this.app.store.app;
    return [
      avatar({ isApp: true }, 72),
      el("h2.intro-title", {}, name),
      el("p.intro-text", {}, description ?? ""),
    ];
  }

  commands() {
    const line = ({ command, usage_hint: hint, description }) => {
      const use = () => this.app.store.emit("compose", { text: `${command} ` });
      const usage = hint ? el("span.hint", {}, ` ${hint}`) : null;
      const name = el("button.about-name", { type: "button", on: { click: use } }, command, usage);
      return el("li.about-command", {}, name, el("p", {}, description));
    };
    return section("Commands", this.app.store.commands.map(line));
  }

  shortcuts() {
    const line = ({ name, type, description }) => {
      const text = description || (type === "message" ? "In the menu of a message" : "");
      return el("li.about-command", {}, el("strong", {}, name), el("p", {}, text));
    };
    return section("Shortcuts", this.app.store.shortcuts.map(line));
  }

  start() {}

  stop() {}
}

function section(title, lines) {
  return lines.length ? [el("h3.about-head", {}, title), el("ul.about-list", {}, lines)] : null;
}
