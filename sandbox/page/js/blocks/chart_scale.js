/** Numbers for drawing charts: rounded axis steps, short labels, positions. */

const STEPS = [1, 2, 2.5, 5, 10];

/** Axis ticks that cover `values` and zero, about `count` of them. */
export function ticks(values, count = 5) {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values) || 1;
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * STEPS.find((one) => one * power >= rough);
  const list = [];
  for (let value = Math.floor(low / step) * step; value < high +
    step; value += step) list.push(Number(value.toPrecision(12)));
  return list;
}

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const exact = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });

export const short = (value) => compact.format(value);
export const long = (value) => exact.format(value);

/** Maps [low, high] onto [from, to]. */
export const linear = (low, high, from, to) => (value) => from + ((value - low) / (high - low || 1)) * (to - from);

/** How many category labels fit: every n-th is drawn. */
export function labelStep(categories, width) {
  const widest = Math.max(1, ...categories.map((label) => label.length)) * 6.6 + 10;
  return Math.max(1, Math.ceil((categories.length * widest) / width));
}
