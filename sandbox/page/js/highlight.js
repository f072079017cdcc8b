/** A light colouring of code: comments, strings, numbers, words most languages share. No grammar, no guessing beyond that. */

import { el } from "./dom.js";

const WORDS = new Set(
  ("and as async await break case catch class const continue def default delete do elif else enum except export extends false finally fn for " +
    "from func function if impl import in interface is lambda let match new nil none None not null or package pass pub raise return select " +
    "self static struct super switch this throw true True False try type undefined use var void where while with yield " +
    "SELECT FROM WHERE JOIN LEFT INNER ON GROUP BY ORDER LIMIT INSERT INTO VALUES UPDATE SET DELETE CREATE TABLE AND OR NOT NULL AS DESC ASC").split(" "),
);

const HASH_COMMENTS = /^(py|python|sh|bash|shell|zsh|yaml|yml|toml|ruby|rb|make|makefile|dockerfile|r)$/i;
const SLASH_COMMENTS =
  /^(js|javascript|ts|typescript|java|c|cpp|c\+\+|go|rust|rs|swift|kotlin|json5|css|scss|php|tsx|jsx)$/i;
const PLAIN = /^(|text|txt|plain|plaintext|markdown|md|srt|vtt|log|output)$/i;

function commentPattern(language) {
  if (HASH_COMMENTS.test(language)) return "#[^\\n]*";
  if (SLASH_COMMENTS.test(language)) return "//[^\\n]*|/\\*[\\s\\S]*?(?:\\*/|$)";
  return /^sql$/i.test(language) ? "--[^\\n]*" : "(?!)";
}

const STRING =
  "\"\"\"[\\s\\S]*?(?:\"\"\"|$)|\"(?:[^\"\\\\\\n]|\\\\.)*\"?|'(?:[^'\\\\\\n]|\\\\.)*'|`(?:[^`\\\\]|\\\\.)*`";

export function highlight(text, language) {
  if (PLAIN.test(language) || text.length > 20_000) return [text];
  const pattern = new RegExp(
    `(?<comment>${commentPattern(language)})|(?<string>${STRING})|(?<number>\\b\\d[\\d_.]*\\b)|(?<word>[A-Za-z_]\\w*)`,
    "g",
  );
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const kind = kindOf(match.groups);
    if (!kind) continue;
    nodes.push(text.slice(from, match.index), el(`span.tok-${kind}`, {}, match[0]));
    from = match.index + match[0].length;
  }
  return [...nodes, text.slice(from)];
}

function kindOf({ comment, string, number, word }) {
  if (comment) return "comment";
  if (string) return "string";
  if (number) return "number";
  return WORDS.has(word) ? "word" : null;
}
