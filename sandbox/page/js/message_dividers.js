/** What stands between messages, and when two of one author stand together. */

import { el } from "./dom.js";
import { dayLabel, fromTs } from "./time.js";

const TOGETHER_SECONDS = 300;
const AUTHOR = ["user", "bot_id", "username"];

/** A second message of the same author within five minutes needs no second head. */
export function belongsTogether(before, message) {
  if (!before || before.ephemeral || message.ephemeral || message.subtype === "thread_broadcast") return false;
  const sameAuthor = AUTHOR.every((field) => before[field] === message[field]);
  return sameAuthor && Number(message.ts) - Number(before.ts) < TOGETHER_SECONDS;
}

export function dayLine(message) {
  const label = dayLabel(fromTs(message.ts));
  return el("div.day", { role: "separator", "aria-label": label }, el("span.day-label", {}, label));
}

export function unreadLine() {
  return el("div.unread-line", { role: "separator", "aria-label": "New messages" }, el("span", {}, "New"));
}
