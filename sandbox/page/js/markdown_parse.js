/** Markdown (as Slack's markdown blocks and streams take it) into a small tree of blocks. Inline marks stay text. */

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)[^`]*$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const QUOTE = /^ {0,3}>\s?/;
const ITEM = /^(\s*)(?:([-*+•])|(\d{1,9})[.)])(?:\s+(.*)|\s*)$/;
const TABLE_LINE = /^\s*\|?.*\|.*$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
const TASK = /^\[([ xX])\]\s+/;

const blank = (line) => !line.trim();

function startsBlock(lines, index) {
  const line = lines[index];
  return FENCE.test(line) || HEADING.test(line) || RULE.test(line) || QUOTE.test(line) || ITEM.test(line) ||
    startsTable(lines, index);
}

function startsTable(lines, index) {
  const next = lines[index + 1];
  return TABLE_LINE.test(lines[index]) && next !== undefined && next.includes("-") && TABLE_RULE.test(next) &&
    lines[index].includes("|");
}

function fence(lines, start) {
  const [, marks, language] = FENCE.exec(lines[start]);
  let end = start + 1;
  const closes = new RegExp(`^ {0,3}${marks[0]}{${marks.length},}\\s*$`);
  while (end < lines.length && !closes.test(lines[end])) end += 1;
  return [
    { type: "code", language, text: lines.slice(start + 1, end).join("\n"), open: end >= lines.length },
    end + 1,
  ];
}

function quote(lines, start) {
  let end = start;
  while (end < lines.length && (QUOTE.test(lines[end]) || (!blank(lines[end]) && end > start &&
    !startsBlock(lines, end)))) end += 1;
  return [
    { type: "quote", children: parseLines(lines.slice(start, end).map((line) => line.replace(QUOTE, ""))) },
    end,
  ];
}

export function splitRow(line) {
  const bare = line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return bare.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function alignment(cell) {
  if (cell.startsWith(":") && cell.endsWith(":")) return "center";
  return cell.endsWith(":") ? "right" : "left";
}

function table(lines, start) {
  const header = splitRow(lines[start]);
  let end = start + 2;
  while (end < lines.length && !blank(lines[end]) && lines[end].includes("|")) end += 1;
  const rows = lines.slice(start + 2, end).map(splitRow);
  return [{ type: "table", header, align: splitRow(lines[start + 1]).map(alignment), rows }, end];
}

const indentOf = (line) => line.match(/^\s*/)[0].replaceAll("\t", "    ").length;

/** The lines that belong to the item at `start`: its own and everything indented deeper, or lazily continued. */
function itemEnd(lines, start, indent) {
  let end = start + 1;
  while (end < lines.length) {
    if (blank(lines[end])) {
      if (end + 1 >= lines.length || indentOf(lines[end + 1]) <= indent) break;
    } else if (indentOf(lines[end]) <= indent && (startsBlock(lines, end) || blank(lines[end - 1]))) break;
    end += 1;
  }
  return end;
}

function item(lines, start) {
  const [, space, , , rest = ""] = ITEM.exec(lines[start]);
  const indent = space.replaceAll("\t", "    ").length;
  const end = itemEnd(lines, start, indent);
  const inner = lines.slice(start + 1, end);
  const depth = Math.min(...inner.filter((line) => !blank(line)).map(indentOf), 12);
  const task = TASK.exec(rest);
  const text = task ? rest.slice(task[0].length) : rest;
  const children = parseLines([
    text,
    ...inner.map((line) => line.replace(/^\t/, "    ").slice(Math.min(depth, indentOf(line))))
  ]);
  return [{ checked: task ? task[1] !== " " : null, children }, end];
}

function sameList(line, indent, ordered) {
  const match = line === undefined ? null : ITEM.exec(line);
  return match && !RULE.test(line) && Math.abs(indentOf(line) - indent) < 2 && Boolean(match[3]) === ordered;
}

function list(lines, start) {
  const [, , , number] = ITEM.exec(lines[start]);
  const indent = indentOf(lines[start]);
  const ordered = Boolean(number);
  const items = [];
  let next = start;
  while (next < lines.length) {
    const line = blank(lines[next]) ? next + 1 : next;
    if (!sameList(lines[line], indent, ordered)) break;
    const [parsed, end] = item(lines, line);
    items.push(parsed);
    next = end;
  }
  return [{ type: "list", ordered, start: ordered ? Number(number) : 1, items }, next];
}

function paragraph(lines, start) {
  let end = start + 1;
  while (end < lines.length && !blank(lines[end]) && !startsBlock(lines, end)) end += 1;
  return [
    { type: "paragraph", text: lines.slice(start, end).map((line) => line.replace(/^ {1,3}/, "")).join("\n") },
    end,
  ];
}

function blockAt(lines, index) {
  const line = lines[index];
  if (FENCE.test(line)) return fence(lines, index);
  const heading = HEADING.exec(line);
  if (heading) return [{ type: "heading", level: heading[1].length, text: heading[2] }, index + 1];
  if (RULE.test(line)) return [{ type: "rule" }, index + 1];
  if (QUOTE.test(line)) return quote(lines, index);
  if (ITEM.test(line)) return list(lines, index);
  return startsTable(lines, index) ? table(lines, index) : paragraph(lines, index);
}

function parseLines(lines) {
  return [...blocksOf(lines)].map(({ block }) => block);
}

function* blocksOf(lines) {
  let index = 0;
  while (index < lines.length) {
    if (blank(lines[index])) {
      index += 1;
      continue;
    }
    const [block, end] = blockAt(lines, index);
    yield { block, source: lines.slice(index, end).join("\n") };
    index = end;
  }
}

/** Top-level blocks with the source each came from, so that a live text re-renders only what changed. */
export function parseMarkdown(text) {
  return [...blocksOf(text.replaceAll("\r\n", "\n").split("\n"))];
}
