/** Where the person is, kept in the address: `#/C1`, `#/C1/t/1732.01`, `#/D1/home`. */

const TABS = ["home", "messages", "about"];

export function parseRoute(hash) {
  const [channel, kind, thread] = hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  const tab = TABS.includes(kind) ? kind : "messages";
  return { channel: channel || null, tab, thread: kind === "t" ? thread : null };
}

export function formatRoute({ channel, thread, tab }) {
  if (thread) return `#/${channel}/t/${thread}`;
  return tab && tab !== "messages" ? `#/${channel}/${tab}` : `#/${channel}`;
}

const PERMALINK = /^https:\/\/[\w.-]+\.slack\.com\/archives\/(\w+)(?:\/p(\d{10})(\d{6}))?/;

/** Where a link to a message of a workspace leads inside this page; null for any other address. */
export function placeOfLink(href) {
  const match = PERMALINK.exec(href);
  if (!match) return null;
  const [, channel, seconds, fraction] = match;
  const own = seconds ? `${seconds}.${fraction}` : null;
  return { channel, thread: new URL(href).searchParams.get("thread_ts") ?? own };
}
