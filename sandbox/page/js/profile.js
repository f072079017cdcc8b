/** The small card of a person, opened from a name. */

import { el } from "./dom.js";
import { avatar, nameOf, personOf } from "./people.js";
import { openPopover } from "./popover.js";
import { openDirect } from "./sidebar.js";
import { localTimeOf } from "./time.js";
import { actAs } from "./top_bar.js";

export function openProfile(app, id, anchor) {
  const { store } = app;
  const user = store.user(id);
  if (!user) return;
  const isApp = id === store.app?.bot_user_id;
  const run = (action) => () => {
    handle.close();
    action();
  };
  const message = () => (isApp ? app.go({ channel: store.appChannel.id }) : openDirect(app, id));
  const time = localTimeOf(user.tz);
  const card = el("div.profile", { role: "dialog", "aria-label": nameOf(user) },
    avatar(personOf(store, id), 72),
    el(
      "p.profile-name",
      {},
      isApp ? store.app.name : nameOf(user),
      user.is_bot ? el("span.app-badge", {}, "APP") : null,
    ),
    el("p.profile-line", {}, isApp ? store.app.description : `@${user.name}`),
    user.is_bot || !time ? null : el("p.profile-line", {}, `${time} local time · ${user.tz}`),
    el("div.actions", {}, el("button.button", { type: "button", on: { click: run(message) } }, "Message"),
      user.is_bot || id === store.me ? null : el(
        "button.button",
        { type: "button", on: { click: run(() => actAs(app, user)) } },
        "Act as",
      )));
  const handle = openPopover(anchor, card);
  card.querySelector("button")?.focus();
}
