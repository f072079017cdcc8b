/** Names, colours and pictures of people, bots and the app. */

import { el } from "./dom.js";

const PALETTE = ["#7c3085", "#0b6e4f", "#9a3412", "#1d4f91", "#8a1c4a", "#4d5b12", "#5b3fa8", "#0f6674"];

function colourOf(key) {
  let sum = 0;
  for (const character of key) sum = (sum * 31 + character.codePointAt(0)) % 9973;
  return PALETTE[sum % PALETTE.length];
}

const hexColour = (color) => (color ? `#${color.replace(/^#/, "")}` : null);

export function initialsOf(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return words.slice(0, 2).map((word) => word[0]).join("").toUpperCase() || "?";
}

export const nameOf = (user) => user?.real_name || user?.name || "Unknown";

/** Who a message is from: `{id, name, color, initials, isBot, isApp}`. */
export function authorOf(store, message) {
  const ours = store.app && (message.bot_id === store.app.bot_id || message.user === store.app.bot_user_id);
  const user = store.user(message.user) ?? (ours ? store.user(store.app.bot_user_id) : null);
  const name = message.username || (ours
    ? store.app.name
    : null) || (user ? nameOf(user) : null) || message.bot_profile?.name || "Unknown";
  return {
    id: user?.id ?? message.user ?? message.bot_id ?? name,
    name,
    color: hexColour(user?.color) ?? colourOf(name),
    initials: user?.initials ?? initialsOf(name),
    isBot: Boolean(message.bot_id || user?.is_bot),
    isApp: Boolean(ours),
  };
}

export function personOf(store, id) {
  return authorOf(store, { user: id });
}

/** A square with initials; `size` in pixels. Decorative: the name stands beside it. */
export function avatar(author, size = 36) {
  const node = el(
    "span.avatar",
    { "aria-hidden": "true", class: author.isApp ? "avatar-app" : "" },
    author.isApp ? null : author.initials,
  );
  node.style.setProperty("--size", `${size}px`);
  if (!author.isApp) node.style.setProperty("--colour", author.color);
  return node;
}

export function channelTitle(store, channel) {
  if (!channel) return "";
  if (channel.kind === "app") return store.app.name;
  if (channel.kind === "im") return nameOf(store.user(channel.peer));
  return channel.name;
}

/** Text for a composer or a label: "#general", "Ben Editor". */
export function channelLabel(store, channel) {
  const title = channelTitle(store, channel);
  return channel && (channel.kind === "public" || channel.kind === "private") ? `#${title}` : title;
}

/** People first whose names start with what was typed, myself last. */
export function matchPeople(store, typed, limit = 8) {
  const wanted = typed.toLowerCase();
  const rank = (user) => {
    const names = [nameOf(user), user.name ?? "", ...nameOf(user).split(/\s+/)].map((name) => name.toLowerCase());
    if (names.some((name) => name.startsWith(wanted))) return user.id === store.me ? 1 : 0;
    return names.some((name) => name.includes(wanted)) ? 2 : 3;
  };
  const ranked = [...store.users.values()].map((user) => [rank(user), user]).filter(([order]) => order < 3);
  return ranked.sort((one, other) => one[0] - other[0]).slice(0, limit).map(([, user]) => user);
}
