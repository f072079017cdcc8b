/** Pie charts. */

import { svg } from "../dom.js";
import { long } from "./chart_scale.js";

const SIZE = 200;
const RADIUS = 92;

function point(share, radius = RADIUS) {
  const angle = share * 2 * Math.PI - Math.PI / 2;
  return [SIZE / 2 + radius * Math.cos(angle), SIZE / 2 + radius * Math.sin(angle)];
}

function slice(from, to) {
  if (to - from > 0.999) return `M${SIZE / 2} ${SIZE / 2 - RADIUS}a${RADIUS} ${RADIUS} 0 1 1-.01 0z`;
  const [x1, y1] = point(from);
  const [x2, y2] = point(to);
  return `M${SIZE / 2} ${SIZE / 2}L${x1} ${y1}A${RADIUS} ${RADIUS} 0 ${to - from > 0.5 ? 1 : 0} 1 ${x2} ${y2}z`;
}

function label(from, to) {
  if (to - from < 0.06) return null;
  const [x, y] = point((from + to) / 2, RADIUS * 0.64);
  return svg(
    "text",
    { x, y, class: "pie-share", "text-anchor": "middle", "dominant-baseline": "central" },
    `${Math.round((to - from) * 100)}%`,
  );
}

export function drawPie({ segments }, description) {
  const total = segments.reduce((sum, { value }) => sum + value, 0) || 1;
  const nodes = [];
  let from = 0;
  segments.forEach((segment, index) => {
    const to = from + segment.value / total;
    const title = svg("title", {}, `${segment.label}: ${long(segment.value)}`);
    nodes.push(svg(
      "g",
      {},
      svg("path", { d: slice(from, to), class: `slice fill-${index % 8}` }, title),
      label(from, to),
    ));
    from = to;
  });
  return svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img", "aria-label": description }, nodes);
}
