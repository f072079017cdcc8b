/** What stands between `<` and `>` in Slack text: people, channels, dates, links. */

import { el, link } from "./dom.js";
import { channelLabel, nameOf } from "./people.js";
import { slackDate } from "./time.js";

const BROADCASTS = new Set(["here", "channel", "everyone"]);

/** `places` is `{store, openChannel(id), openPerson(id, anchor)}`; without it names stay plain. */
export function personChip(id, fallback, places) {
  const user = places?.store.user(id);
  const text = `@${user ? nameOf(user) : fallback || id}`;
  if (!user) return el("span.mention", {}, text);
  const mine = id === places.store.me;
  const open = (event) => places.openPerson(id, event.currentTarget);
  return el("button.mention", { type: "button", class: mine ? "mention-me" : "", on: { click: open } }, text);
}

export function channelChip(id, fallback, places) {
  const channel = places?.store.channel(id);
  if (!channel) return el("span.mention", {}, `#${fallback || "private-channel"}`);
  return el(
    "button.mention",
    { type: "button", on: { click: () => places.openChannel(id) } },
    channelLabel(places.store, channel),
  );
}

export function broadcastChip(name) {
  return el("span.mention.mention-me", {}, `@${name}`);
}

function special(body) {
  const [head, fallback = ""] = splitLabel(body);
  if (head.startsWith("date^")) return dateNode(head, fallback);
  if (head.startsWith("subteam^")) return el("span.mention", {}, fallback || `@${head.slice(8)}`);
  return BROADCASTS.has(head) ? broadcastChip(head) : document.createTextNode(fallback || `<!${head}>`);
}

function dateNode(head, fallback) {
  const [, seconds, format = "", url] = head.split("^");
  const text = slackDate(seconds, format) ?? fallback;
  const node = el("time.date", { title: fallback }, text);
  return url ? link(url, node) : node;
}

export function dateFrom(seconds, format, url, fallback) {
  return dateNode(`date^${seconds}^${format}${url ? `^${url}` : ""}`, fallback ?? "");
}

function splitLabel(body) {
  const bar = body.indexOf("|");
  return bar < 0 ? [body] : [body.slice(0, bar), body.slice(bar + 1)];
}

/** A node for the inside of `<…>`. */
export function entityNode(body, places) {
  if (body.startsWith("!")) return special(body.slice(1));
  const [head, label] = splitLabel(body);
  if (/^@[UWB]/.test(head)) return personChip(head.slice(1), label, places);
  if (head.startsWith("#")) return channelChip(head.slice(1), label, places);
  return link(head, unescapeText(label ?? head.replace(/^mailto:/, "")));
}

export function unescapeText(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

export function escapeText(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
