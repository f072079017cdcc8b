/** The tools that appear over a message: react, reply, more. */

import { confirmDialog } from "./dialog.js";
import { el } from "./dom.js";
import { emojiNode } from "./emoji.js";
import { icon } from "./icons.js";
import { arrowKeys, openMenu } from "./popover.js";
import { pickReaction, toggleReaction } from "./reactions.js";

const QUICK = ["white_check_mark", "eyes", "raised_hands"];

function tool(label, content, run) {
  return el("button.tool", { type: "button", "aria-label": label, title: label, on: { click: run } }, content);
}

async function remove(app, message) {
  const sure = await confirmDialog(
    {
      title: "Delete message",
      text: "Delete this message? This cannot be undone.",
      confirm: "Delete",
      style: "danger",
    },
    app.places,
  );
  if (sure) app.do("delete", { channel: message.channel, ts: message.ts });
}

function shortcutEntries(app, message) {
  const shortcuts = app.store.shortcuts.filter(({ type }) => type === "message");
  if (!shortcuts.length || message.ephemeral) return [];
  const run = (shortcut) => () => app.do(
    "shortcut",
    { callback_id: shortcut.callback_id, channel: message.channel, ts: message.ts },
  );
  return [
    "-",
    { title: app.store.app.name },
    ...shortcuts.map((shortcut) => ({
      label: shortcut.name,
      description: shortcut.description,
      icon: icon("bolt", 18),
      run: run(shortcut),
    }))
  ];
}

function entries(row) {
  const { app, message, flags } = row;
  const route = { channel: message.channel, thread: message.thread_ts ?? message.ts };
  return [
    flags.inThread || message.ephemeral ? null : {
      label: "Reply in thread",
      icon: icon("reply", 18),
      run: () => app.openThread(message.channel, route.thread),
    },
    message.ephemeral ? null : {
      label: "Copy link",
      icon: icon("link", 18),
      run: () => app.copy(app.link(route), "Link copied."),
    },
    {
      label: "Copy text",
      icon: icon("file", 18),
      run: () => app.copy(message.markdown ?? message.text ?? "", "Text copied."),
    },
    ...shortcutEntries(app, message),
    row.mayDelete ? "-" : null,
    row.isMine ? { label: "Edit message", icon: icon("pencil", 18), hint: "E", run: () => row.edit() } : null,
    row.mayDelete ? {
      label: "Delete message…",
      icon: icon("trash", 18),
      danger: true,
      run: () => remove(app, message),
    } : null,
  ];
}

export function toolbar(row) {
  const { app, message, flags } = row;
  const more = tool(
    "More actions",
    icon("more"),
    () => openMenu(more, entries(row), { label: "More actions", align: "end" }),
  );
  more.setAttribute("aria-haspopup", "menu");
  const react = tool("Add reaction", icon("react"), () => pickReaction(app, message, react));
  const quick = QUICK.map((name) => tool(
    `React with ${name.replaceAll("_", " ")}`,
    emojiNode(name),
    () => toggleReaction(app, message, name),
  ));
  const reply = flags.inThread ? null : tool(
    "Reply in thread",
    icon("reply"),
    () => app.openThread(message.channel, message.thread_ts ?? message.ts),
  );
  const bar = el(
    "div.tools",
    { role: "toolbar", "aria-label": "Message tools" },
    message.ephemeral ? [more] : [quick, react, reply, more],
  );
  bar.addEventListener("keydown", (event) => arrowKeys(
    event,
    [...bar.querySelectorAll("button")],
    { horizontal: true },
  ));
  return bar;
}
