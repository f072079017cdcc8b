/** The `table` block, and cells it shares with `data_table`. */

import { el } from "../dom.js";
import { richTextNodes } from "./rich_text.js";

export function cellText(cell) {
  if (!cell) return "";
  if (cell.type === "raw_number") return cell.text ?? String(cell.value ?? "");
  if (cell.type === "rich_text") return plainText(cell);
  return cell.text ?? "";
}

function plainText(node) {
  if (Array.isArray(node.elements)) return node.elements.map(plainText).join(" ");
  return node.text ?? node.name ?? node.user_id ?? node.url ?? "";
}

export function cellNode(tag, cell, context, className) {
  const content = cell?.type === "rich_text" ? richTextNodes(cell, context.places) : cellText(cell);
  return el(tag, { class: className, scope: tag === "th" ? "col" : null }, content);
}

function classOf(cell, setting) {
  const align = setting?.align ?? (cell?.type === "raw_number" ? "right" : "left");
  return `align-${align}${setting?.is_wrapped ? " wrapped" : ""}`;
}

export function tableBlock(block, context) {
  const [head = [], ...body] = block.rows ?? [];
  const row = (tag) => (cells) => el(
    "tr",
    {},
    cells.map((cell, index) => cellNode(tag, cell, context, classOf(cell, block.column_settings?.[index]))),
  );
  return el("div.table-scroll", { tabindex: "0", role: "region", "aria-label": "Table" },
    el("table.table", {}, el("thead", {}, row("th")(head)), el("tbody", {}, body.map(row("td")))));
}
