/** Every select menu: static, external, users, channels, conversations; one or many. */

import { el, freshId, replace } from "../dom.js";
import { icon } from "../icons.js";
import { textNodes } from "../mrkdwn.js";
import { openPopover } from "../popover.js";
import { controlKey, report } from "./act.js";
import { kindOf, loadOptions } from "./select_options.js";

const PAUSE_MS = 200;

function summary(chosen, element, many) {
  if (!chosen.length) return el(
    "span.select-placeholder",
    {},
    textNodes(element.placeholder ?? (many ? "Select options" : "Select an option")),
  );
  return chosen.map((option) => el(many ? "span.select-chip" : "span", {}, textNodes(option.text)));
}

function triggerButton(element, block, many) {
  return el("button.select", {
    type: "button",
    "aria-haspopup": "listbox",
    class: many ? "select-many" : "",
    data: { key: controlKey(element, block) },
  });
}

export function selectMenu(element, block, context, label) {
  const many = element.type.startsWith("multi_");
  const kind = kindOf(element, context);
  const held = context.form.register(block.block_id, element.action_id, { type: element.type, ...kind.initial() });
  const name = label ?? element.placeholder?.text ?? "Select";
  const trigger = triggerButton(element, block, many);
  const draw = (value) => {
    const chosen = el("span.select-value", {}, summary(kind.chosen(value), element, many));
    replace(trigger, el("span.sr-only", {}, `${name}: `), chosen, icon("chevron", 16));
  };
  const pick = (chosen) => {
    const value = kind.value(chosen);
    context.form.set(block.block_id, element.action_id, value);
    draw(value);
    report(trigger, element, block, context, value);
  };
  const parts = { element, block, context, trigger, many, kind, name, pick };
  draw(held);
  trigger.addEventListener("click", () => new Picker(parts).open());
  return trigger;
}

class Picker {
  constructor(parts) {
    Object.assign(this, parts);
    this.held = this.kind.chosen(this.context.form.get(this.block.block_id, this.element.action_id));
    this.options = [];
    this.active = -1;
    this.listId = freshId("listbox");
  }

  open() {
    this.input = this.filterField();
    this.list = el("div.select-list", {
      role: "listbox",
      id: this.listId,
      "aria-label": this.name,
      "aria-multiselectable": this.many ? "true" : null,
    });
    const panel = el("div.select-panel", {}, this.input, this.list);
    this.handle = openPopover(this.trigger, panel, { onClose: () => this.giveFocusBack() });
    panel.style.setProperty("min-width", `${Math.max(this.trigger.offsetWidth, 220)}px`);
    this.load();
    this.input.focus();
  }

  filterField() {
    return el("input.select-filter", {
      type: "text",
      role: "combobox",
      "aria-label": `Filter ${this.name}`,
      "aria-expanded": "true",
      "aria-controls": this.listId,
      "aria-autocomplete": "list",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: this.kind.external ? "Type to search" : "Find…",
      on: { input: () => this.typed(), keydown: (event) => this.key(event) },
    });
  }

  giveFocusBack() {
    if (this.trigger.isConnected && document.activeElement === document.body) this.trigger.focus();
  }

  /** The app is asked for options once the typing pauses; own options are filtered at once. */
  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), this.kind.external ? PAUSE_MS : 0);
  }

  async load() {
    const typed = this.input.value.trim();
    this.asked = typed;
    const groups = await loadOptions(this.kind, this.element, this.block, this.context, typed);
    if (this.asked !== typed) return;
    this.options = groups.flatMap(({ options }) => options);
    this.active = Math.max(0, this.options.findIndex((option) => this.isChosen(option)));
    this.draw(groups);
    this.handle.reposition();
  }

  draw(groups) {
    const found = this.options.length > 0;
    const empty = () => el("p.select-empty", {}, this.kind.hint(this.input.value.trim()));
    replace(this.list, found ? groups.map((group) => this.groupNode(group)) : empty());
    this.mark();
  }

  groupNode({ label, options }) {
    const nodes = options.map((option) => this.optionNode(option));
    if (!label) return nodes;
    const head = el("div.select-group", { "aria-hidden": "true" }, label);
    return el("div", { role: "group", "aria-label": label }, head, nodes);
  }

  optionNode(option) {
    const chosen = this.isChosen(option);
    const on = { click: () => this.choose(option), mousedown: (event) => event.preventDefault() };
    const description = option.description
      ? el("span.menu-description", {}, textNodes(option.description))
      : null;
    return el(
      "div.select-option",
      { role: "option", id: freshId("option"), "aria-selected": String(chosen), on },
      el("span.select-tick", {}, chosen ? icon("check", 16) : null),
      el("span", {}, el("span", {}, textNodes(option.text)), description),
    );
  }

  isChosen(option) {
    return this.held.some((one) => one.value === option.value);
  }

  choose(option) {
    if (this.many) this.toggle(option);
    else {
      this.held = [option];
      this.handle.close();
      this.trigger.focus();
      this.pick(this.held);
    }
  }

  toggle(option) {
    const rest = this.held.filter((one) => one.value !== option.value);
    const full = this.element.max_selected_items && rest.length >= this.element.max_selected_items;
    this.held = rest.length < this.held.length || full ? rest : [...rest, option];
    this.pick(this.held);
    this.load();
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.options.length) {
      event.preventDefault();
      this.active = (this.active + step + this.options.length) % this.options.length;
      this.mark();
    } else if (event.key === "Enter" && this.options[this.active]) {
      event.preventDefault();
      this.choose(this.options[this.active]);
    } else if (event.key === "Tab") this.handle.close();
  }

  mark() {
    const nodes = [...this.list.querySelectorAll("[role='option']")];
    nodes.forEach((node, index) => node.classList.toggle("active", index === this.active));
    nodes[this.active]?.scrollIntoView({ block: "nearest" });
    if (nodes[this.active]) this.input.setAttribute("aria-activedescendant", nodes[this.active].id);
    else this.input.removeAttribute("aria-activedescendant");
  }
}
