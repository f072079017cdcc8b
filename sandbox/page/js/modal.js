/** The stack of modals the app opens: one dialog, one panel per view, the top one shown. */

import { renderBlocks } from "./blocks/index.js";
import { showErrors } from "./blocks/input.js";
import { el, freshId, replace } from "./dom.js";
import { FormState, faultsOf } from "./form_state.js";
import { icon } from "./icons.js";
import { textNodes } from "./mrkdwn.js";
import { viewSurface } from "./surface.js";

class ViewPanel {
  constructor(modals, view) {
    this.modals = modals;
    this.form = new FormState();
    this.titleId = freshId("view");
    this.node = el("section.view", { "aria-labelledby": this.titleId });
    this.draw(view);
  }

  draw(view) {
    this.view = view;
    this.form.keepOnly(view.blocks ?? []);
    const { app } = this.modals;
    const key = this.node.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    this.banner = el("div.view-banner", { role: "alert" });
    this.body = el(
      "div.view-body",
      { tabindex: "-1" },
      this.banner,
      renderBlocks(view.blocks, viewSurface(app, view, "modal", this.form)),
    );
    replace(
      this.node,
      this.head(),
      el(
        "form.view-form",
        { novalidate: true, on: { submit: (event) => this.submit(event) } },
        this.body,
        this.foot(),
      ),
    );
    if (key) [...this.node.querySelectorAll("[data-key]")].find((node) => node.dataset.key === key)?.focus();
  }

  head() {
    const { modals, view } = this;
    const back = view.previous_view_id && modals.panels.length > 1 ? el(
      "button.icon-button",
      { type: "button", "aria-label": "Back", on: { click: () => modals.close(view) } },
      icon("left"),
    ) : null;
    return el("header.dialog-head", {}, back, el(
      "span.avatar.avatar-app.avatar-view",
      { "aria-hidden": "true" },
    ), el("h2.dialog-title", { id: this.titleId }, textNodes(view.title)),
      el(
        "button.icon-button",
        { type: "button", "aria-label": "Close", on: { click: () => modals.close(view, true) } },
        icon("close"),
      ));
  }

  foot() {
    const { modals, view } = this;
    const close = el(
      "button.button",
      { type: "button", on: { click: () => modals.close(view) } },
      view.close ? textNodes(view.close) : view.submit ? "Cancel" : "Close",
    );
    this.button = view.submit ? el("button.button.primary", { type: "submit" }, textNodes(view.submit)) : null;
    return el("footer.dialog-foot", {}, close, this.button);
  }

  async submit(event) {
    event.preventDefault();
    if (!this.button || this.button.disabled) return;
    const faults = faultsOf(this.view.blocks ?? [], this.form);
    this.show(faults);
    if (Object.keys(faults).length) return;
    this.wait(true);
    try {
      await this.modals.app.api.do("submit", { view_id: this.view.id, state: this.form.toJSON() });
    } catch (error) {
      const errors = error.answer?.errors ?? {};
      if (Object.keys(errors).length) this.show(errors);
      else replace(this.banner, icon("warn"), error.message);
    } finally {
      this.wait(false);
    }
  }

  wait(waiting) {
    this.button.disabled = waiting;
    this.button.classList.toggle("busy", waiting);
  }

  show(errors) {
    const left = showErrors(this.body, errors);
    replace(this.banner, left.length ? [icon("warn"), left.map((id) => errors[id]).join(" ")] : null);
  }

  focus() {
    const first = this.body.querySelector("input:not([tabindex='-1']), textarea, button, select");
    (first ?? this.body).focus();
  }
}

export class Modals {
  constructor(app) {
    this.app = app;
    this.panels = [];
    this.dialog = el("dialog.dialog.modal", { "aria-label": "Form" });
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close(this.top?.view);
    });
    document.body.append(this.dialog);
    app.store.on("view_opened", ({ view }) => this.open(view));
    app.store.on("view_pushed", ({ view }) => this.push(view));
    app.store.on("view_updated", ({ view }) => this.update(view));
    app.store.on("view_closed", ({ view_id: id }) => this.gone(id));
    app.store.on("view_errors", ({ view_id: id, errors }) => this.find(id)?.show(errors));
  }

  get top() {
    return this.panels.at(-1);
  }

  find(id) {
    return this.panels.find(({ view }) => view.id === id);
  }

  open(view) {
    this.panels = [];
    this.push(view);
  }

  push(view) {
    if (this.find(view.id)) return this.update(view);
    this.panels.push(null);
    this.panels[this.panels.length - 1] = new ViewPanel(this, view);
    return this.show();
  }

  update(view) {
    this.find(view.id)?.draw(view);
  }

  gone(id) {
    this.panels = id ? this.panels.filter(({ view }) => view.id !== id) : [];
    this.show();
  }

  show() {
    if (!this.top) return this.dialog.open && this.dialog.close();
    replace(this.dialog, this.panels.map(({ node }) => node));
    this.panels.forEach((panel) => panel.node.toggleAttribute("hidden", panel !== this.top));
    if (!this.dialog.open) this.dialog.showModal();
    return this.top.focus();
  }

  /** The person closes one view, or with `all` the whole stack. */
  async close(view, all = false) {
    if (!view) return;
    this.gone(all ? null : view.id);
    await this.app.do("close", { view_id: view.id, all });
  }
}
