/** The row of reactions under a message, and adding one. */

import { el } from "./dom.js";
import { emojiNode } from "./emoji.js";
import { openEmojiPicker } from "./emoji_picker.js";
import { icon } from "./icons.js";
import { nameOf } from "./people.js";

function whoText(app, { name, users }) {
  const names = users.map((id) => (id === app.store.me ? "you" : nameOf(app.store.user(id))));
  const list = names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
  return `${list} reacted with :${name}:`;
}

export function toggleReaction(app, message, name) {
  const mine = message.reactions?.some((one) => one.name === name && one.users.includes(app.store.me));
  return app.do(mine ? "unreact" : "react", { channel: message.channel, ts: message.ts, name });
}

export function pickReaction(app, message, anchor) {
  openEmojiPicker(anchor, (name) => toggleReaction(app, message, name));
}

function pill(app, message, reaction) {
  const mine = reaction.users.includes(app.store.me);
  const label = whoText(app, reaction);
  return el("button.reaction", {
    type: "button",
    "aria-pressed": String(mine),
    title: label,
    "aria-label": `${reaction.count}, ${label}`,
    data: { key: `reaction/${reaction.name}` },
    on: { click: () => toggleReaction(app, message, reaction.name) },
  },
    emojiNode(reaction.name), el("span", {}, String(reaction.count)));
}

export function reactionsNode(app, message) {
  if (!message.reactions?.length) return null;
  const add = el(
    "button.reaction.reaction-add",
    { type: "button", "aria-label": "Add reaction", title: "Add reaction" },
    icon("react", 18),
  );
  add.addEventListener("click", () => pickReaction(app, message, add));
  return el(
    "div.reactions",
    { role: "group", "aria-label": "Reactions" },
    message.reactions.map((reaction) => pill(app, message, reaction)),
    add,
  );
}
