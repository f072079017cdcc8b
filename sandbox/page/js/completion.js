/** What a text area offers while one types: commands, people, channels, emoji. */

import { emojiNode, searchEmoji } from "./emoji.js";
import { el, freshId, replace } from "./dom.js";
import { icon } from "./icons.js";
import { avatar, matchPeople, nameOf, personOf } from "./people.js";

const LIMIT = 8;

function commandOptions(store, typed) {
  const wanted = typed.toLowerCase();
  return store.commands.filter(({ command }) => command.startsWith(wanted)).slice(0, LIMIT).map((command) => ({
    insert: `${command.command} `,
    picture: avatar({ isApp: true }, 24),
    title: command.command,
    hint: command.usage_hint,
    detail: command.description,
    exact: command.command === wanted,
  }));
}

const BROADCASTS = [["here", "Notify everyone who is active"], ["channel", "Notify everyone in this channel"]];

function peopleOptions(store, typed) {
  const people = matchPeople(store, typed, LIMIT).map((user) => ({
    insert: `@${user.id === store.app?.bot_user_id ? store.app.name : nameOf(user)} `,
    picture: avatar(personOf(store, user.id), 24),
    title: user.id === store.app?.bot_user_id ? store.app.name : nameOf(user),
    hint: user.id === store.me ? "you" : user.name,
  }));
  const starts = ([name]) => typed && name.startsWith(typed.toLowerCase());
  const broadcast = ([name, detail]) => ({ insert: `@${name} `, picture: icon("people"), title: `@${name}`, detail });
  const groups = BROADCASTS.filter(starts).map(broadcast);
  return [...people, ...groups].slice(0, LIMIT);
}

function channelOptions(store, typed) {
  const wanted = typed.toLowerCase();
  const fits = ({ kind, name }) => (kind === "public" || kind === "private") && name.includes(wanted);
  return [...store.channels.values()].filter(fits).slice(0, LIMIT).map((channel) => ({
    insert: `#${channel.name} `,
    picture: icon(channel.kind === "private" ? "lock" : "hash"),
    title: channel.name,
    detail: channel.topic,
  }));
}

function emojiOptions(_store, typed) {
  return searchEmoji(typed, LIMIT).map((name) => ({
    insert: `:${name}: `,
    picture: emojiNode(name),
    title: `:${name}:`,
  }));
}

const TRIGGERS = [
  { name: "Commands", pattern: /^(\/[\w-]*)$/, options: commandOptions },
  { name: "People", pattern: /(?:^|[\s(])@([\w .-]{0,20})$/, options: peopleOptions, sign: 1 },
  { name: "Channels", pattern: /(?:^|[\s(])#([\w-]{0,30})$/, options: channelOptions, sign: 1 },
  { name: "Emoji", pattern: /(?:^|[\s(]):([a-z0-9_+-]{2,30})$/, options: emojiOptions, sign: 1 },
];

/** What the text before the caret asks for, or null: `{name, options, from}`. */
export function lookUp(store, before) {
  for (const { name, pattern, options, sign = 0 } of TRIGGERS) {
    const match = pattern.exec(before);
    if (!match) continue;
    const found = options(store, match[1]);
    if (found.length) return { name, options: found, from: before.length - match[1].length - sign };
  }
  return null;
}

/** The usage line of the command being typed, once its name is complete. */
export function usageOf(store, text) {
  const [, name, space] = /^(\/[\w-]+)(\s)?/.exec(text) ?? [];
  return space ? store.commands.find(({ command }) => command === name) : null;
}

function keysNode() {
  const key = (name) => el("kbd", {}, name);
  return el("span.completion-keys", {}, key("↑↓"), " to move ", key("↵"), " to choose ", key("esc"), " to close");
}

export class Completion {
  constructor(area, store, insert) {
    Object.assign(this, { area, store, insert });
    this.id = freshId("completion");
    this.node = el("div.completion", { hidden: true });
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-controls", this.id);
    area.setAttribute("aria-haspopup", "listbox");
    area.addEventListener("input", () => this.refresh());
    area.addEventListener("blur", () => this.close());
  }

  get open() {
    return !this.node.hidden;
  }

  refresh() {
    const { area } = this;
    const found = area.selectionStart === area.selectionEnd ? lookUp(
      this.store,
      area.value.slice(0, area.selectionStart),
    ) : null;
    if (!found || found.options.length === 1 && found.options[0].exact) return this.close();
    this.found = found;
    this.active = 0;
    return this.draw();
  }

  draw() {
    const options = this.found.options.map((option, index) => this.optionNode(option, index));
    const head = el("div.completion-head", { "aria-hidden": "true" }, this.found.name, keysNode());
    const list = el("div", { role: "listbox", id: this.id, "aria-label": this.found.name }, options);
    replace(this.node, head, list);
    this.node.hidden = false;
    this.area.setAttribute("aria-activedescendant", options[this.active].id);
  }

  optionNode(option, index) {
    const { picture, title, hint, detail } = option;
    return el(
      "div.completion-option",
      {
        role: "option",
        id: `${this.id}-${index}`,
        "aria-selected": String(index === this.active),
        on: { mousedown: (event) => this.pick(event, index) },
      },
      el("span.completion-picture", {}, picture),
      el("span.completion-title", {}, title),
      hint ? el("span.completion-hint", {}, hint) : null,
      detail ? el("span.completion-detail", {}, detail) : null,
    );
  }

  pick(event, index) {
    event.preventDefault();
    this.active = index;
    this.take();
  }

  take() {
    const { insert } = this.found.options[this.active];
    const { from } = this.found;
    this.close();
    this.insert(insert, from, this.area.selectionStart);
  }

  close() {
    this.node.hidden = true;
    this.area.removeAttribute("aria-activedescendant");
  }

  /** True when the key was for the list. */
  key(event) {
    if (!this.open) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.active = (this.active + step + this.found.options.length) % this.found.options.length;
      this.draw();
    } else if (event.key === "Enter" || event.key === "Tab") {
      if (event.key === "Enter" && this.found.options[this.active].exact) return false;
      this.take();
    } else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
