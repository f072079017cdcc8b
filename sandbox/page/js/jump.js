/** Ctrl+K: go to a conversation, a person, a tab or a command by typing a few letters. */

import { openDialog } from "./dialog.js";
import { el, freshId, replace } from "./dom.js";
import { icon } from "./icons.js";
import { avatar, channelTitle, nameOf, personOf } from "./people.js";
import { openDirect } from "./sidebar.js";

function channelTarget(app, channel) {
  const pictures = { public: () => icon("hash"), private: () => icon("lock"), app: () => avatar({ isApp: true }, 22), im: () => avatar(personOf(app.store, channel.peer), 22) };
  return { title: channelTitle(app.store, channel), hint: { app: "App", im: "Direct message" }[channel.kind] ?? channel.topic, picture: pictures[channel.kind], unread: channel.unread, run: () => app.go({ channel: channel.id }) };
}

function targets(app) {
  const { store } = app;
  const channels = [...store.channels.values()].map((channel) => channelTarget(app, channel));
  const direct = new Set([...store.channels.values()].map(({ peer }) => peer));
  const people = [...store.users.values()].filter(({ id, is_bot: bot }) => !direct.has(id) && !bot).map((user) => ({ title: nameOf(user), hint: "Direct message", picture: () => avatar(personOf(store, user.id), 22), run: () => openDirect(app, user.id) }));
  const appChannel = store.appChannel;
  const tabs = appChannel ? [["home", "Home"], ["about", "About"]].map(([tab, label]) => ({ title: `${store.app.name}: ${label}`, hint: "App", picture: () => icon("home"), run: () => app.go({ channel: appChannel.id, tab }) })) : [];
  const commands = store.commands.map(({ command, description }) => ({ title: command, hint: description, picture: () => icon("slash"), run: () => store.emit("compose", { text: `${command} ` }) }));
  return [...channels.sort((one, other) => (other.unread ?? 0) - (one.unread ?? 0)), ...people, ...tabs, ...commands];
}

function matching(list, typed) {
  const wanted = typed.trim().toLowerCase().replace(/^[#@]/, "");
  if (!wanted) return list.slice(0, 9);
  const rank = ({ title }) => (title.toLowerCase().startsWith(wanted) ? 0 : title.toLowerCase().includes(wanted) ? 1 : 2);
  return list.filter((target) => rank(target) < 2).sort((one, other) => rank(one) - rank(other)).slice(0, 9);
}

export function openJump(app) {
  const id = freshId("jump");
  const all = targets(app);
  const state = { found: [], active: 0 };
  const input = el("input.jump-input", { type: "text", role: "combobox", "aria-label": "Jump to", "aria-expanded": "true", "aria-controls": id, "aria-autocomplete": "list", placeholder: "Jump to a channel, person or command", autocomplete: "off", spellcheck: "false" });
  const list = el("div.jump-list", { role: "listbox", id, "aria-label": "Places" });
  const dialog = openDialog("jump", "Jump to", [el("div.jump-field", {}, icon("search"), input), list]);
  const take = (target) => {
    dialog.close();
    target?.run();
  };
  const draw = () => {
    const nodes = state.found.map((target, index) => el("div.jump-option", { role: "option", id: `${id}-${index}`, "aria-selected": String(index === state.active), on: { click: () => take(target), pointermove: () => index !== state.active && move(index) } },
      el("span.completion-picture", {}, target.picture()), el("span.completion-title", {}, target.title), el("span.completion-detail", {}, target.hint)));
    replace(list, nodes.length ? nodes : el("p.select-empty", {}, "Nothing by that name."));
    if (nodes.length) input.setAttribute("aria-activedescendant", `${id}-${state.active}`);
    else input.removeAttribute("aria-activedescendant");
  };
  const move = (index) => {
    state.active = (index + state.found.length) % Math.max(1, state.found.length);
    draw();
  };
  const search = () => {
    state.found = matching(all, input.value);
    move(0);
  };
  input.addEventListener("input", search);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step && event.key !== "Enter") return;
    event.preventDefault();
    if (step) move(state.active + step);
    else take(state.found[state.active]);
  });
  search();
  input.focus();
}
