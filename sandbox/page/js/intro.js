/** What stands at the very beginning of a conversation. */

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { avatar, channelTitle, personOf } from "./people.js";

function words(app, channel, title) {
  if (channel.kind === "app") return app.store.app.description ||
    `This is where you talk with ${title}. Ask anything, drop a file, or pick one of the suggestions below.`;
  if (channel.kind === "im") return channel.peer === app.store.me
    ? "This is your space: jot down notes, keep links, drop files."
    : `This conversation is just between ${title} and you.`;
  return channel.topic || `This is the very beginning of #${title}.`;
}

function picture(app, channel) {
  if (channel.kind === "app") return avatar({ isApp: true }, 72);
  if (channel.kind === "im") return avatar(personOf(app.store, channel.peer), 72);
  const glyph = icon(channel.kind === "private" ? "lock" : "hash", 32);
  return el("span.intro-glyph", { "aria-hidden": "true" }, glyph);
}

export function intro(app, channel) {
  const title = channelTitle(app.store, channel);
  const direct = channel.kind === "im" || channel.kind === "app";
  return el(
    "div.intro",
    {},
    picture(app, channel),
    el("h2.intro-title", {}, direct ? title : `#${title}`),
    el("p.intro-text", {}, words(app, channel, title)),
  );
}
