/** Between what a person types (`*bold*`, `- item`, `> quote`, fences) and Slack's `rich_text` block. */

import { decodeMentions, encodeMentions } from "./mentions.js";

const INLINE = new RegExp(
  [
    "<@(?<user>[UWB]\\w+)>",
    "<#(?<channel>\\w+)>",
    "<!(?<range>here|channel|everyone)>",
    "`(?<code>[^`\\n]+)`",
    "\\*(?<bold>[^*\\n]+)\\*",
    "(?<!\\w)_(?<italic>[^_\\n]+)_(?!\\w)",
    "~(?<strike>[^~\\n]+)~",
    ":(?<emoji>[a-z0-9_+-]+):",
    "(?<url>https?://[^\\s<>]+)",
  ].join("|"),
  "g",
);

function inlineElement(groups) {
  if (groups.user) return { type: "user", user_id: groups.user };
  if (groups.channel) return { type: "channel", channel_id: groups.channel };
  if (groups.range) return { type: "broadcast", range: groups.range };
  if (groups.emoji) return { type: "emoji", name: groups.emoji };
  if (groups.url) return { type: "link", url: groups.url };
  const style = ["code", "bold", "italic", "strike"].find((name) => groups[name]);
  return { type: "text", text: groups[style], style: { [style]: true } };
}

function inline(text) {
  const elements = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) elements.push({ type: "text", text: text.slice(from, match.index) });
    elements.push(inlineElement(match.groups));
    from = match.index + match[0].length;
  }
  if (from < text.length) elements.push({ type: "text", text: text.slice(from) });
  return elements;
}

const BULLET = /^\s*[-•*] (.*)$/;
const NUMBER = /^\s*\d+[.)] (.*)$/;
const QUOTE = /^> ?(.*)$/;

function lineKind(line) {
  for (const [kind, pattern] of [["bullet", BULLET], ["ordered", NUMBER], ["quote", QUOTE]]) {
    const match = pattern.exec(line);
    if (match) return [kind, match[1]];
  }
  return ["section", line];
}

function group(kind, texts) {
  const section = (text) => ({ type: "rich_text_section", elements: inline(text) });
  if (kind === "section") return section(texts.join("\n"));
  if (kind === "quote") return { type: "rich_text_quote", elements: inline(texts.join("\n")) };
  return { type: "rich_text_list", style: kind, indent: 0, elements: texts.map(section) };
}

function fromLines(text) {
  const runs = [];
  for (const line of text.split("\n")) {
    const [kind, body] = lineKind(line);
    if (runs.at(-1)?.kind === kind) runs.at(-1).texts.push(body);
    else runs.push({ kind, texts: [body] });
  }
  return runs.map(({ kind, texts }) => group(kind, texts)).filter(({ elements }) => elements.length);
}

export function toRichText(typed, store) {
  const parts = encodeMentions(typed, store).split(/```\n?([\s\S]+?)\n?```/);
  const elements = parts.flatMap((part, index) => {
    if (index % 2) return [{ type: "rich_text_preformatted", elements: [{ type: "text", text: part }] }];
    return part.trim() ? fromLines(part.replace(/^\n|\n$/g, "")) : [];
  });
  return { type: "rich_text", elements };
}

const MARK = { bold: "*", italic: "_", strike: "~", code: "`" };

function inlineText(element) {
  if (element.type === "user") return `<@${element.user_id}>`;
  if (element.type === "channel") return `<#${element.channel_id}>`;
  if (element.type === "broadcast") return `<!${element.range}>`;
  if (element.type === "emoji") return `:${element.name}:`;
  if (element.type === "link") return element.url;
  const mark = MARK[Object.keys(element.style ?? {}).find((name) => MARK[name])] ?? "";
  return `${mark}${element.text ?? ""}${mark}`;
}

const inlineTexts = (elements) => elements.map(inlineText).join("");

function groupText(element) {
  if (element.type === "rich_text_list") return element.elements.map((item, index) =>
    `${element.style === "ordered" ? `${index + 1}.` : "-"} ${inlineTexts(item.elements)}`).join("\n");
  if (element.type === "rich_text_preformatted") return `\`\`\`\n${inlineTexts(element.elements)}\n\`\`\``;
  const text = inlineTexts(element.elements);
  return element.type === "rich_text_quote" ? text.split("\n").map((line) => `> ${line}`).join("\n") : text;
}

export function fromRichText(block, store) {
  return decodeMentions(block.elements.map(groupText).join("\n"), store);
}
