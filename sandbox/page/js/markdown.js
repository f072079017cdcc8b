/** Markdown as DOM nodes, and a view that grows while text streams in. */

import { el, link } from "./dom.js";
import { emojiCharacter, emojiNode } from "./emoji.js";
import { entityNode } from "./entities.js";
import { highlight } from "./highlight.js";
import { parseMarkdown } from "./markdown_parse.js";

const INLINE = new RegExp(
  [
    "\\\\(?<escaped>[\\\\`*_{}\\[\\]()#+\\-.!|~<>])",
    "(?<ticks>`+)(?<code>[\\s\\S]*?[^`])\\k<ticks>(?!`)",
    "!?\\[(?<label>(?:[^\\[\\]]|\\[[^\\]]*\\])*)\\]\\((?<target>[^\\s()]*(?:\\([^\\s()]*\\)[^\\s()]*)*)(?:\\s+\"[^\"]*\")?\\)",
    "<(?<entity>(?:[@#!]|https?:|mailto:)[^<>\\n]*)>",
    "(?<url>https?://[^\\s<>|]*[^\\s<>|.,;:!?'\")\\]*])",
    "\\*\\*(?<bold>\\S(?:[\\s\\S]*?\\S)?)\\*\\*(?!\\*)",
    "(?<![\\w_])__(?<bold2>\\S(?:[\\s\\S]*?\\S)?)__(?![\\w_])",
    "~~(?<strike>\\S(?:[\\s\\S]*?\\S)?)~~",
    "\\*(?<italic>[^\\s*](?:[^*]*[^\\s*])?)\\*",
    "(?<![\\w_])_(?<italic2>[^\\s_](?:[^_]*[^\\s_])?)_(?![\\w_])",
    ":(?<emoji>[a-z0-9_+'-]+):",
    "(?<break> {2,}\\n|\\n)",
  ].join("|"),
  "g",
);

const WRAP = { bold: "strong", bold2: "strong", italic: "em", italic2: "em", strike: "s" };

function inlineNode(groups, whole, places) {
  if (groups.escaped) return groups.escaped;
  if (groups.code) return el("code", {}, groups.code.replace(/^ (.*) $/, "$1"));
  if (groups.target !== undefined) return link(groups.target, inlineMarkdown(groups.label, places));
  if (groups.entity) return entityNode(groups.entity, places);
  if (groups.url) return link(groups.url, groups.url);
  if (groups.emoji) return emojiCharacter(groups.emoji) ? emojiNode(groups.emoji) : whole;
  if (groups.break) return el("br");
  const name = Object.keys(WRAP).find((key) => groups[key]);
  return el(WRAP[name], {}, inlineMarkdown(groups[name], places));
}

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&nbsp;": "\u00a0", "&#39;": "'" };
const decode = (text) => text.replace(/&(?:amp|lt|gt|quot|nbsp|#39);/g, (entity) => ENTITIES[entity]);

export function inlineMarkdown(text, places) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) nodes.push(decode(text.slice(from, match.index)));
    nodes.push(inlineNode(match.groups, match[0], places));
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(decode(text.slice(from)));
  return nodes;
}

function codeBlock({ language, text }) {
  const copy = el(
    "button.code-copy",
    { type: "button", "aria-label": "Copy code", on: { click: () => navigator.clipboard?.writeText(text) } },
    "Copy",
  );
  return el("div.codeblock", {},
    el("div.code-bar", {}, el("span.code-language", {}, language || "text"), copy),
    el(
      "pre.code",
      { tabindex: "0", role: "region", "aria-label": `${language || "Text"} code` },
      el("code", {}, highlight(text, language)),
    ));
}

function listNode({ ordered, start, items }, places) {
  const node = el(ordered ? "ol" : "ul", ordered && start !== 1 ? { start } : {});
  for (const { checked, children } of items) node.append(itemNode(checked, children, places));
  return node;
}

function itemNode(checked, children, places) {
  const [first, ...rest] = children;
  const tight = first?.type === "paragraph";
  const content = [
    tight ? inlineMarkdown(first.text, places) : blockNodes(first ? [first] : [], places),
    blockNodes(rest, places),
  ];
  if (checked === null) return el("li", {}, content);
  const box = el("input", { type: "checkbox", checked, disabled: true, "aria-label": checked ? "Done" : "Not done" });
  return el("li.task", { class: checked ? "task-done" : "" }, box, el("div", {}, content));
}

function tableNode({ header, align, rows }, places) {
  const cell = (tag) => (text, index) => el(
    tag,
    { class: `align-${align[index] ?? "left"}`, scope: tag === "th" ? "col" : null },
    inlineMarkdown(text ?? "", places),
  );
  const body = rows.map((row) => el("tr", {}, header.map((_, index) => cell("td")(row[index], index))));
  return el("div.table-scroll", { tabindex: "0", role: "region", "aria-label": "Table" },
    el("table.table", {}, el("thead", {}, el("tr", {}, header.map(cell("th")))), el("tbody", {}, body)));
}

const RENDER = {
  paragraph: ({ text }, places) => el("p", {}, inlineMarkdown(text, places)),
  heading: ({ level, text }, places) => el(
    "p.md-heading",
    { role: "heading", "aria-level": Math.min(level + 2, 6), class: `md-h${Math.min(level, 4)}` },
    inlineMarkdown(text, places),
  ),
  rule: () => el("hr"),
  code: codeBlock,
  quote: ({ children }, places) => el("blockquote", {}, blockNodes(children, places)),
  list: listNode,
  table: tableNode,
};

const blockNodes = (blocks, places) => blocks.map((block) => RENDER[block.type](block, places));

export function markdownNode(text, places) {
  return el("div.markdown", {}, blockNodes(parseMarkdown(text).map(({ block }) => block), places));
}

/** A text that arrives in pieces: only blocks whose source changed are drawn again. */
export class LiveMarkdown {
  constructor(places) {
    this.places = places;
    this.sources = [];
    this.node = el("div.markdown");
  }

  update(text) {
    const blocks = parseMarkdown(text);
    blocks.forEach(({ block, source }, index) => {
      if (this.sources[index] !== source) this.draw(index, block);
    });
    while (this.node.childNodes.length > blocks.length) this.node.lastChild.remove();
    this.sources = blocks.map(({ source }) => source);
  }

  draw(index, block) {
    const node = RENDER[block.type](block, this.places);
    const old = this.node.childNodes[index];
    if (old) old.replaceWith(node);
    else this.node.append(node);
  }
}
