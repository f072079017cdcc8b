/** Slack's own structured text. */

import { el, link } from "../dom.js";
import { emojiNode } from "../emoji.js";
import { broadcastChip, channelChip, dateFrom, personChip } from "../entities.js";

const STYLE_TAGS = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code" };

function styled(node, style = {}) {
  return Object.keys(STYLE_TAGS).filter((name) => style[name]).reduce(
    (inner, name) => el(STYLE_TAGS[name], {}, inner),
    node,
  );
}

function withBreaks(text) {
  return text.split("\n").flatMap((line, index) => (index ? [el("br"), line] : [line]));
}

function colour(element) {
  const swatch = el("span.swatch", { "aria-hidden": "true" });
  if (/^#[0-9a-f]{3,8}$/i.test(element.value)) swatch.style.setProperty("background-color", element.value);
  return el("span.colour", {}, swatch, element.value);
}

const INLINE = {
  text: (element) => el("span", {}, withBreaks(element.text ?? "")),
  link: (element) => link(element.url, element.text || element.url),
  user: (element, places) => personChip(element.user_id, "", places),
  usergroup: (element) => el("span.mention", {}, `@${element.usergroup_id}`),
  channel: (element, places) => channelChip(element.channel_id, "", places),
  broadcast: (element) => broadcastChip(element.range),
  emoji: (element) => emojiNode(element.name),
  date: (element) => dateFrom(
    element.timestamp,
    element.format ?? "{date_short_pretty}",
    element.url,
    element.fallback,
  ),
  color: colour,
};

function inlineNodes(elements, places) {
  return (elements ?? []).map((element) => styled(
    INLINE[element.type]?.(element, places) ?? document.createTextNode(""),
    element.style,
  ));
}

function listNode(element, places) {
  const items = element.elements.map((section) => el("li", {}, inlineNodes(section.elements, places)));
  const attributes = element.style === "ordered" && element.offset ? { start: element.offset + 1 } : {};
  const node = el(element.style === "ordered" ? "ol" : "ul", attributes, items);
  node.classList.add("rich-list", `indent-${Math.min(element.indent ?? 0, 8)}`);
  return node;
}

const GROUPS = {
  rich_text_section: (element, places) => el("div.rich-section", {}, inlineNodes(element.elements, places)),
  rich_text_list: listNode,
  rich_text_quote: (element, places) => el("blockquote", {}, inlineNodes(element.elements, places)),
  rich_text_preformatted: (element, places) => el(
    "pre.code",
    { tabindex: "0" },
    el("code", {}, inlineNodes(element.elements, places)),
  ),
};

/** The inside of a `rich_text` object: also details of task cards and cells of tables. */
export function richTextNodes(block, places) {
  return (block?.elements ?? []).map((element) => GROUPS[element.type]?.(element, places) ?? null);
}

export function richTextBlock(block, context) {
  return el("div.rich-text", {}, richTextNodes(block, context.places));
}
