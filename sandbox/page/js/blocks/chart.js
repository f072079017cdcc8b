/** The `data_visualization` block: bar, line, area and pie as SVG with a legend and the numbers as a table. */

import { el, freshId, replace } from "../dom.js";
import { drawAxes } from "./chart_axes.js";
import { drawPie } from "./chart_pie.js";
import { long } from "./chart_scale.js";

function categoriesOf(chart) {
  return chart.axis_config?.categories ?? chart.series?.[0]?.data.map(({ label }) => label) ?? [];
}

function legend(names) {
  return el(
    "ul.chart-legend",
    { "aria-hidden": "true" },
    names.map((name, index) => el("li", {}, el(`span.chart-key.series-${index % 8}`), name)),
  );
}

function describePie({ segments }) {
  const total = segments.reduce((sum, { value }) => sum + value, 0);
  return segments.map(({ label, value }) => `${label} ${Math.round((value / total) * 100)} %`).join(", ");
}

function describeSeries({ series }) {
  return series.map(({ name, data }) => {
    const values = data.map(({ value }) => value);
    const top = data[values.indexOf(Math.max(...values))];
    return `${name}: from ${long(Math.min(...values))} to ${long(Math.max(...values))}, highest at ${top?.label}`;
  }).join(". ");
}

function pieTable({ segments }) {
  return [["", "Value"], segments.map(({ label, value }) => [label, long(value)])];
}

function seriesTable(chart) {
  const rows = categoriesOf(chart).map((label, index) => [
    label,
    ...chart.series.map(({ data }) => long(data[index]?.value ?? 0))
  ]);
  return [[chart.axis_config?.x_label ?? "", ...chart.series.map(({ name }) => name)], rows];
}

function numbers([head, rows]) {
  const line = (cells, tag) => el(
    "tr",
    {},
    cells.map((cell, index) => el(
      index ? tag : "th",
      { class: index ? "align-right" : "", scope: index ? (tag === "th" ? "col" : null) : "row" },
      cell,
    )),
  );
  return el("details.chart-numbers", {}, el("summary", {}, "Show the numbers"),
    el(
      "div.table-scroll",
      { tabindex: "0", role: "region", "aria-label": "Numbers of the chart" },
      el("table.table", {}, el("thead", {}, line(head, "th")), el("tbody", {}, rows.map((row) => line(row, "td")))),
    ));
}

export function chartBlock(block) {
  const { chart } = block;
  const pie = chart.type === "pie";
  const id = freshId("chart");
  const canvas = el("div.chart-canvas", { class: pie ? "chart-pie" : "" });
  const description = `${chart.type} chart. ${pie ? describePie(chart) : describeSeries(chart)}`;
  const draw = (width) => replace(
    canvas,
    pie ? drawPie(chart, description) : drawAxes(chart, categoriesOf(chart), width, description),
  );
  draw(520);
  const watcher =
    new ResizeObserver(([entry]) => entry.contentRect.width > 0 && draw(Math.round(entry.contentRect.width)));
  watcher.observe(canvas);
  const names = pie ? chart.segments.map(({ label }) => label) : chart.series.map(({ name }) => name);
  return el("figure.chart", { "aria-labelledby": id }, el("figcaption.chart-title", { id }, block.title ?? "Chart"),
    canvas, names.length > 1 ? legend(names) : null, numbers(pie ? pieTable(chart) : seriesTable(chart)));
}
