/** Ctrl+K: go to a conversation, a person, a tab or a command by typing a few letters. */

import { openDialog } from "./dialog.js";
import { el, freshId, replace } from "./dom.js";
import { icon } from "./icons.js";
import { avatar, channelTitle, nameOf, personOf } from "./people.js";
import { openDirect } from "./sidebar.js";

function channelTarget(app, channel) {
  const pictures = {
    public: () => icon("hash"),
    private: () => icon("lock"),
    app: () => avatar({ isApp: true }, 22),
    im: () => avatar(personOf(app.store, channel.peer), 22),
  };
  return {
    title: channelTitle(app.store, channel),
    hint: { app: "App", im: "Direct message" }[channel.kind] ?? channel.topic,
    picture: pictures[channel.kind],
    unread: channel.unread,
    run: () => app.go({ channel: channel.id }),
  };
}

function targets(app) {
  const { store } = app;
  const channels = [...store.channels.values()].map((channel) => channelTarget(app, channel));
  const direct = new Set([...store.channels.values()].map(({ peer }) => peer));
  const people = [...store.users.values()].filter(({ id, is_bot: bot }) => !direct.has(id) && !bot).map((user) => ({
    title: nameOf(user),
    hint: "Direct message",
    picture: () => avatar(personOf(store, user.id), 22),
    run: () => openDirect(app, user.id),
  }));
  const appChannel = store.appChannel;
  const tabs = appChannel ? [["home", "Home"], ["about", "About"]].map(([tab, label]) => ({
    title: `${store.app.name}: ${label}`,
    hint: "App",
    picture: () => icon("home"),
    run: () => app.go({ channel: appChannel.id, tab }),
  })) : [];
  const commands = store.commands.map(({ command, description }) => ({
    title: command,
    hint: description,
    picture: () => icon("slash"),
    run: () => store.emit("compose", { text: `${command} ` }),
  }));
  return [...channels.sort((one, other) => (other.unread ?? 0) - (one.unread ?? 0)), ...people, ...tabs, ...commands];
}

function matching(list, typed) {
  const wanted = typed.trim().toLowerCase().replace(/^[#@]/, "");
  if (!wanted) return list.slice(0, 9);
  const rank = ({ title }) => (title.toLowerCase().startsWith(wanted)
    ? 0 : title.toLowerCase().includes(wanted) ? 1
    : 2);
  return list.filter((target) => rank(target) < 2).sort((one, other) => rank(one) - rank(other)).slice(0, 9);
}

class Jump {
  constructor(app) {
    this.all = targets(app);
    this.id = freshId("jump");
    this.input = this.field();
    this.list = el("div.jump-list", { role: "listbox", id: this.id, "aria-label": "Places" });
    const field = el("div.jump-field", {}, icon("search"), this.input);
    this.dialog = openDialog("jump", "Jump to", [field, this.list]);
    this.search();
    this.input.focus();
  }

  field() {
    return el("input.jump-input", {
      type: "text",
      role: "combobox",
      "aria-label": "Jump to",
      "aria-expanded": "true",
      "aria-controls": this.id,
      "aria-autocomplete": "list",
      placeholder: "Jump to a channel, person or command",
      autocomplete: "off",
      spellcheck: "false",
      on: { input: () => this.search(), keydown: (event) => this.key(event) },
    });
  }

  search() {
    this.found = matching(this.all, this.input.value);
    this.move(0);
  }

  move(index) {
    this.active = (index + this.found.length) % Math.max(1, this.found.length);
    const nodes = this.found.map((target, at) => this.option(target, at));
    replace(this.list, nodes.length ? nodes : el("p.select-empty", {}, "Nothing by that name."));
    if (nodes.length) this.input.setAttribute("aria-activedescendant", nodes[this.active].id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  option(target, at) {
    const chosen = at === this.active;
    const on = { click: () => this.take(target), pointermove: () => chosen || this.move(at) };
    return el(
      "div.jump-option",
      { role: "option", id: `${this.id}-${at}`, "aria-selected": String(chosen), on },
      el("span.completion-picture", {}, target.picture()),
      el("span.completion-title", {}, target.title),
      el("span.completion-detail", {}, target.hint),
    );
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step && event.key !== "Enter") return;
    event.preventDefault();
    if (step) this.move(this.active + step);
    else this.take(this.found[this.active]);
  }

  take(target) {
    this.dialog.close();
    target?.run();
  }
}

export function openJump(app) {
  new Jump(app);
}
