/** Slack's ways of writing a moment, in the time zone of the window. */

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat("en", { weekday: "long", month: "long", day: "numeric" });
const withYear = new Intl.DateTimeFormat("en", { weekday: "long", month: "long", day: "numeric", year: "numeric" });
const full = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "medium" });

export const fromTs = (ts) => new Date(Number(ts) * 1000);
export const clockTime = (date) => clock.format(date);
export const fullTime = (date) => full.format(date);
export const dayKey = (date) => `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;

function daysAgo(date) {
  const start = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
  return Math.round((start(new Date()) - start(date)) / 86_400_000);
}

export function dayLabel(date) {
  const ago = daysAgo(date);
  if (ago === 0) return "Today";
  if (ago === 1) return "Yesterday";
  return date.getFullYear() === new Date().getFullYear() ? weekday.format(date) : withYear.format(date);
}

export function lastReply(ts) {
  const date = fromTs(ts);
  const ago = daysAgo(date);
  if (ago === 0) return `today at ${clockTime(date)}`;
  if (ago === 1) return `yesterday at ${clockTime(date)}`;
  return ago < 30 ? `${ago} days ago` : dayLabel(date);
}

export function localTimeOf(tz) {
  try {
    return new Intl.DateTimeFormat(
      undefined,
      { hour: "numeric", minute: "2-digit", timeZone: tz },
    ).format(new Date());
  } catch {
    return "";
  }
}

const part = (options) => (date) => new Intl.DateTimeFormat("en", options).format(date);
const LONG = part({ weekday: "long", year: "numeric", month: "long", day: "numeric" });
const MEDIUM = part({ year: "numeric", month: "long", day: "numeric" });
const SHORT = part({ year: "numeric", month: "short", day: "numeric" });

function pretty(format) {
  return (date) => {
    const ago = daysAgo(date);
    if (ago === 0) return "today";
    if (ago === 1) return "yesterday";
    return ago === -1 ? "tomorrow" : format(date);
  };
}

function ago(date) {
  const seconds = (Date.now() - date) / 1000;
  const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  for (const [unit, size] of [["day", 86_400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return format.format(-Math.round(seconds / size), unit);
  }
  return "just now";
}

const TOKENS = {
  date_num: (date) => date.toISOString().slice(0, 10),
  date_slash: part({ year: "numeric", month: "2-digit", day: "2-digit" }),
  date_long: LONG,
  date_long_full: LONG,
  date: MEDIUM,
  date_short: SHORT,
  date_long_pretty: pretty(LONG),
  date_pretty: pretty(MEDIUM),
  date_short_pretty: pretty(SHORT),
  day_divider_pretty: pretty(LONG),
  time: clockTime,
  time_secs: part({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago,
};

/** `{date_short_pretty} at {time}` filled in for a Unix time; null when the format holds an unknown word. */
export function slackDate(seconds, format) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return null;
  let known = true;
  const text = format.replace(/\{(\w+)\}/g, (whole, name) => {
    known &&= Object.hasOwn(TOKENS, name);
    return TOKENS[name]?.(date) ?? whole;
  });
  return known ? text : null;
}

export function fileSize(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  let size = bytes ?? 0;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size < 10 && unit > 0 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}
