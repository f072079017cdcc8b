/** Bar, line and area charts on two axes. */

import { svg } from "../dom.js";
import { labelStep, linear, long, short, ticks } from "./chart_scale.js";

const HEIGHT = 240;
const TOP = 10;
const RIGHT = 8;

class Frame {
  constructor(chart, categories, width) {
    this.chart = chart;
    this.categories = categories;
    const values = chart.series.flatMap(({ data }) => data.map(({ value }) => value));
    this.ticks = ticks(values);
    const widest = Math.max(...this.ticks.map((tick) => short(tick).length));
    this.left = widest * 7 + (chart.axis_config?.y_label ? 32 : 14);
    this.bottom = HEIGHT - (chart.axis_config?.x_label ? 44 : 26);
    this.width = Math.max(width, 200);
    this.y = linear(this.ticks[0], this.ticks.at(-1), this.bottom, TOP);
    this.band = (this.width - this.left - RIGHT) / Math.max(1, categories.length);
  }

  middle(index) {
    return this.left + this.band * (index + 0.5);
  }

  /** Where a label stands: below its point, but for one that would be cut at the right. */
  under(index, name) {
    const cut = this.middle(index) + name.length * 3.2 > this.width;
    return cut ? { x: this.width - 1, "text-anchor": "end" } : { x: this.middle(index), "text-anchor": "middle" };
  }
}

function grid(frame) {
  return frame.ticks.map((tick) => svg("g", {},
    svg(
      "line",
      {
        x1: frame.left,
        x2: frame.width - RIGHT,
        y1: frame.y(tick),
        y2: frame.y(tick),
        class: tick === 0 ? "axis" : "grid",
      },
    ),
    svg(
      "text",
      { x: frame.left - 8, y: frame.y(tick), class: "tick", "text-anchor": "end", "dominant-baseline": "central" },
      short(tick),
    )));
}

function labels(frame) {
  const every = labelStep(frame.categories, frame.width - frame.left);
  const { x_label: xLabel, y_label: yLabel } = frame.chart.axis_config ?? {};
  const middle = (TOP + frame.bottom) / 2;
  return [
    frame.categories.map((name, index) => index % every === 0 && svg(
      "text",
      { ...frame.under(index, name), y: frame.bottom + 18, class: "tick" },
      name,
    )),
    xLabel && svg(
      "text",
      { x: (frame.left + frame.width) / 2, y: HEIGHT - 6, class: "axis-label", "text-anchor": "middle" },
      xLabel,
    ),
    yLabel && svg(
      "text",
      { x: 12, y: middle, class: "axis-label", "text-anchor": "middle", transform: `rotate(-90 12 ${middle})` },
      yLabel,
    ),
  ];
}

const hint = (series, { label, value }) => svg("title", {}, `${series.name}, ${label}: ${long(value)}`);

function bars(frame) {
  const { series } = frame.chart;
  const width = Math.min(36, (frame.band * 0.72) / series.length);
  return series.map((one, number) => one.data.map((datum, index) => {
    const x = frame.middle(index) + (number - series.length / 2) * width;
    const [high, low] = [Math.min(frame.y(datum.value), frame.y(0)), Math.max(frame.y(datum.value), frame.y(0))];
    return svg(
      "rect",
      {
        x: x + 1,
        y: high,
        width: Math.max(1, width - 2),
        height: Math.max(1, low - high),
        rx: 2,
        class: `fill-${number % 8}`,
      },
      hint(one, datum),
    );
  }));
}

function path(frame, data) {
  return data.map(({ value }, index) => `${index ? "L" : "M"}${frame.middle(index)} ${frame.y(value)}`).join("");
}

function dots(frame, series, number) {
  return series.data.map((datum, index) => svg(
    "circle",
    { cx: frame.middle(index), cy: frame.y(datum.value), r: 3.5, class: `dot fill-${number % 8}` },
    hint(series, datum),
  ));
}

function curves(frame, filled) {
  return frame.chart.series.map((series, number) => {
    const line = path(frame, series.data);
    const base = `L${frame.middle(series.data.length - 1)} ${frame.y(0)}L${frame.middle(0)} ${frame.y(0)}z`;
    return svg("g", {}, filled ? svg("path", { d: line + base, class: `area fill-${number % 8}` }) : null,
      svg("path", { d: line, class: `curve stroke-${number % 8}` }), dots(frame, series, number));
  });
}

export function drawAxes(chart, categories, width, description) {
  const frame = new Frame(chart, categories, width);
  const marks = chart.type === "bar" ? bars(frame) : curves(frame, chart.type === "area");
  return svg(
    "svg",
    {
      viewBox: `0 0 ${frame.width} ${HEIGHT}`,
      width: frame.width,
      height: HEIGHT,
      role: "img",
      "aria-label": description,
    },
    grid(frame),
    labels(frame),
    marks,
  );
}
