/** Slack's mrkdwn as DOM nodes. */

import { el } from "./dom.js";
import { emojiCharacter, emojiNode } from "./emoji.js";
import { entityNode, unescapeText } from "./entities.js";

const FENCE = /```\n?([\s\S]+?)\n?```/g;
const INLINE = new RegExp(
  [
    "<(?<entity>[^<>\\n]+)>",
    "`(?<code>[^`\\n]+)`",
    ":(?<emoji>[a-z0-9_+'-]+(?:::skin-tone-\\d)?):",
    "(?<url>https?://[^\\s<>|]*[^\\s<>|.,;:!?'\")\\]])",
    "(?<=^|[\\s([{\"'>~_-])\\*(?<bold>[^\\s*](?:[^*\\n]*[^\\s*])?)\\*(?=$|[\\s\\])}.,;:!?\"'<~_-])",
    "(?<=^|[\\s([{\"'>~*-])_(?<italic>[^\\s_](?:[^_\\n]*[^\\s_])?)_(?=$|[\\s\\])}.,;:!?\"'<~*-])",
    "(?<=^|[\\s([{\"'>*_-])~(?<strike>[^\\s~](?:[^~\\n]*[^\\s~])?)~(?=$|[\\s\\])}.,;:!?\"'<*_-])",
  ].join("|"),
  "gm",
);

const WRAP = { bold: "strong", italic: "em", strike: "s" };

function inlineNode(groups, whole, places) {
  if (groups.entity) return entityNode(groups.entity, places);
  if (groups.code) return el("code", {}, unescapeText(groups.code));
  if (groups.emoji) return emojiCharacter(groups.emoji) ? emojiNode(groups.emoji) : document.createTextNode(whole);
  if (groups.url) return entityNode(groups.url, places);
  const name = Object.keys(WRAP).find((key) => groups[key]);
  return el(WRAP[name], {}, inline(groups[name], places));
}

/** One line of text with its marks; `places` makes names clickable. */
export function inline(text, places) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) nodes.push(unescapeText(text.slice(from, match.index)));
    nodes.push(inlineNode(match.groups, match[0], places));
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(unescapeText(text.slice(from)));
  return nodes;
}

function lines(text, places) {
  const nodes = [];
  text.split("\n").forEach((line, index) => {
    if (index) nodes.push(el("br"));
    nodes.push(...inline(line, places));
  });
  return nodes;
}

const QUOTE = /^(?:&gt;|>) ?/;

function quotesAndLines(text, places) {
  const runs = [];
  for (const line of text ? text.split("\n") : []) {
    const quoted = QUOTE.test(line);
    const bare = quoted ? line.replace(QUOTE, "") : line;
    if (runs.at(-1)?.quoted === quoted) runs.at(-1).lines.push(bare);
    else runs.push({ quoted, lines: [bare] });
  }
  return runs.map((run) => el(run.quoted ? "blockquote" : "span.line", {}, lines(run.lines.join("\n"), places)));
}

/** A whole text: code blocks, quotes, lines. */
export function mrkdwn(text, places) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(FENCE)) {
    nodes.push(...quotesAndLines(text.slice(from, match.index).replace(/\n$/, ""), places));
    nodes.push(el(
      "pre.code",
      {},
      el("code", {}, unescapeText(match[1]).replace(/<(https?:[^|>]+)(?:\|[^>]*)?>/g, "$1")),
    ));
    from = match.index + match[0].length;
  }
  nodes.push(...quotesAndLines(from ? text.slice(from).replace(/^\n/, "") : text, places));
  return nodes;
}

/** Plain text with emoji, as in headers and buttons. */
export function plain(text, withEmoji = true) {
  if (!withEmoji) return [text];
  return text.split(/(:[a-z0-9_+'-]+:)/).map((part) => {
    const name = part.length > 2 && part.startsWith(":") && part.endsWith(":") ? part.slice(1, -1) : "";
    return name && emojiCharacter(name) ? emojiNode(name) : part;
  });
}

/** A Slack text object (`plain_text` or `mrkdwn`). */
export function textNodes(object, places) {
  if (!object) return [];
  if (typeof object === "string") return plain(object);
  return object.type === "mrkdwn" ? mrkdwn(object.text ?? "", places) : plain(
    object.text ?? "",
    object.emoji !== false,
  );
}

const ONLY_EMOJI = /^(?:\s*:[a-z0-9_+'-]+:\s*){1,12}$/;

export const isOnlyEmoji = (text) => ONLY_EMOJI.test(text) && text.match(/:[a-z0-9_+'-]+:/g).every((name) =>
  emojiCharacter(name.slice(1, -1)));
