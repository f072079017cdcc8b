/** Names as people type them (`@Ben Editor`, `#general`) to and from Slack's `<@U…>`, `<#C…>`. */

import { escapeText, unescapeText } from "./entities.js";
import { nameOf } from "./people.js";

const BROADCASTS = ["here", "channel", "everyone"];
const CODE = /(```[\s\S]*?```|`[^`\n]+`)/;
const ADDRESS = /https?:\/\/[^\s<>|]*[^\s<>|.,;:!?'")\]]/g;

const quoted = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** `[typed name, encoded]`, longest first so that "Ben Editor" wins over "Ben". */
function spellings(store) {
  const list = BROADCASTS.map((name) => [`@${name}`, `<!${name}>`]);
  for (const user of store.users.values()) {
    const code = `<@${user.id}>`;
    const names = new Set([nameOf(user), user.name, user.id === store.app?.bot_user_id ? store.app.name : null]);
    for (const name of names) if (name) list.push([`@${name}`, code]);
  }
  for (const channel of store.channels.values()) {
    if (channel.kind === "public" || channel.kind === "private") list.push([`#${channel.name}`, `<#${channel.id}>`]);
  }
  return list.sort((one, other) => other[0].length - one[0].length);
}

function encodeProse(text, list) {
  const names = new Map(list.map(([name, code]) => [escapeText(name).toLowerCase(), code]));
  const pattern = new RegExp(
    `(?<![\\w@#/])(?:${list.map(([name]) => quoted(escapeText(name))).join("|")})(?![\\w-])`,
    "gi",
  );
  const linked = (part) => part.replace(pattern, (name) => names.get(name.toLowerCase()) ?? name);
  let from = 0;
  let out = "";
  const escaped = escapeText(text);
  for (const match of escaped.matchAll(ADDRESS)) {
    out += `${linked(escaped.slice(from, match.index))}<${match[0]}>`;
    from = match.index + match[0].length;
  }
  return out + linked(escaped.slice(from));
}

/** What the person typed as Slack text: escaped, names and addresses turned into entities, code left alone. */
export function encodeText(typed, store) {
  const list = spellings(store);
  return typed.split(CODE).map((part, index) => (index % 2 ? escapeText(part) : encodeProse(part, list))).join("");
}

/** Names only, for values that are not Slack text (no escaping, addresses untouched). */
export function encodeMentions(typed, store) {
  let text = typed;
  for (const [name, code] of spellings(store)) {
    text = text.replace(new RegExp(`(?<![\\w@#/<])${quoted(name)}(?![\\w-])`, "gi"), code);
  }
  return text;
}

function channelName(body, store) {
  const [id, label] = body.split("|");
  return `#${store.channel(id)?.name ?? label ?? "channel"}`;
}

/** Slack text as the person would type it again, for editing. */
export function decodeMentions(text, store) {
  const plain = text.replace(/<([^<>]+)>/g, (whole, body) => {
    if (body.startsWith("@")) return `@${nameOf(store.user(body.slice(1).split("|")[0]))}`;
    if (body.startsWith("#")) return channelName(body.slice(1), store);
    if (/^!(here|channel|everyone)/.test(body)) return `@${body.slice(1).split("|")[0]}`;
    return /^(https?:|mailto:)/.test(body) ? body.split("|")[0] : whole;
  });
  return unescapeText(plain);
}
