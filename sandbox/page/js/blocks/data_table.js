/** The `data_table` block: sorting by a click on a heading, a filter, pages. */

import { el, replace } from "../dom.js";
import { icon } from "../icons.js";
import { cellNode, cellText } from "./table.js";

function compare(one, other) {
  if (one?.type === "raw_number" && other?.type === "raw_number") return one.value - other.value;
  return cellText(one).localeCompare(cellText(other), undefined, { numeric: true });
}

class DataTable {
  constructor(block, context) {
    this.block = block;
    this.context = context;
    [this.head, ...this.rows] = block.rows;
    this.size = block.page_size ?? 5;
    this.state = { column: null, direction: 1, filter: "", page: 0 };
    this.build();
    this.draw();
  }

  build() {
    this.filter = el(
      "input.data-filter",
      {
        type: "search",
        placeholder: "Filter",
        "aria-label": `Filter ${this.caption()}`,
        on: { input: () => this.change({ filter: this.filter.value, page: 0 }) },
      },
    );
    this.headRow = el("tr");
    this.body = el("tbody");
    this.pager = el("div.data-pager");
    const table = el(
      "table.table",
      {},
      el("caption.sr-only", {}, this.caption()),
      el("thead", {}, this.headRow),
      this.body,
    );
    const filter = this.rows.length > 3 ? this.filter : null;
    this.node = el(
      "div.data-table",
      {},
      el("div.data-bar", {}, el("span.data-caption", {}, this.caption()), filter),
      el("div.table-scroll", { tabindex: "0", role: "region", "aria-label": this.caption() }, table),
      this.pager,
    );
  }

  caption() {
    return this.block.caption?.text ?? this.block.caption ?? "Table";
  }

  change(changes) {
    Object.assign(this.state, changes);
    this.draw();
  }

  matching() {
    const wanted = this.state.filter.toLowerCase();
    const fits = (row) => row.some((cell) => cellText(cell).toLowerCase().includes(wanted));
    const kept = wanted ? this.rows.filter(fits) : this.rows;
    const { column, direction } = this.state;
    return column === null ? kept : kept.toSorted((one, other) => direction * compare(one[column], other[column]));
  }

  draw() {
    const rows = this.matching();
    const pages = Math.max(1, Math.ceil(rows.length / this.size));
    const page = Math.min(this.state.page, pages - 1);
    const shown = rows.slice(page * this.size, (page + 1) * this.size);
    const focused = [...this.headRow.querySelectorAll("button")].indexOf(document.activeElement);
    replace(this.headRow, this.head.map((cell, index) => this.heading(cell, index)));
    replace(
      this.body,
      shown.map((row) => el(
        "tr",
        {},
        row.map((cell) => cellNode("td", cell, this.context, cell?.type === "raw_number" ? "align-right" : "")),
      )),
    );
    replace(this.pager, this.pagerNodes(rows.length, page, pages));
    if (focused >= 0) this.headRow.querySelectorAll("button")[focused]?.focus();
  }

  heading(cell, index) {
    const { column, direction } = this.state;
    const sorted = column === index;
    const order = sorted ? (direction > 0 ? "ascending" : "descending") : "none";
    const press = () => this.change({ column: index, direction: sorted ? -direction : 1, page: 0 });
    const number = this.rows[0]?.[index]?.type === "raw_number";
    return el("th", { scope: "col", "aria-sort": order, class: number ? "align-right" : "" },
      el(
        "button.sort",
        { type: "button", on: { click: press }, class: sorted ? "sorted" : "" },
        cellText(cell),
        sorted ? icon(direction > 0 ? "up" : "chevron", 14) : icon("sort", 14),
      ));
  }

  pagerNodes(count, page, pages) {
    const text = count
      ? `${page * this.size + 1}–${Math.min(count, (page + 1) * this.size)} of ${count}`
      : "Nothing matches.";
    if (pages < 2) return el("span", { role: "status" }, text);
    const turn = (step, label, glyph) => el(
      "button.icon-button.small",
      {
        type: "button",
        "aria-label": label,
        disabled: page + step < 0 || page + step >= pages,
        on: { click: () => this.change({ page: page + step }) },
      },
      icon(glyph, 16),
    );
    return [turn(-1, "Previous page", "left"), el("span", { role: "status" }, text), turn(1, "Next page", "right")];
  }
}

export function dataTableBlock(block, context) {
  return new DataTable(block, context).node;
}
