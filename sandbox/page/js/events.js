/** Applies what the workspace tells this window to the store. One function per event type. */

import { isTopLevel, threadKey } from "./store.js";

function countReply(store, channel, message) {
  const parent = store.message(channel, message.thread_ts);
  if (!parent || isTopLevel(message) && message.subtype !== "thread_broadcast") return;
  if (Number(parent.latest_reply ?? 0) >= Number(message.ts)) return;
  const author = message.user ?? message.bot_id;
  const people = parent.reply_users ?? [];
  store.put(channel, {
    ...parent,
    latest_reply: message.ts,
    reply_count: (parent.reply_count ?? 0) + 1,
    reply_users: people.includes(author) ? people : [...people, author],
  });
}

const APPLY = {
  message(store, { channel, message }) {
    const known = store.message(channel, message.ts);
    store.put(channel, message);
    if (!known) {
      countReply(store, channel, message);
      store.emit("arrived", { channel, message });
    }
  },
  message_changed(store, { channel, message }) {
    const finished = store.message(
      channel,
      message.ts,
    )?.streaming_state === "in_progress" && message.streaming_state !== "in_progress";
    store.put(channel, message);
    if (finished) store.emit("finished", { channel, message });
  },
  message_deleted(store, { channel, ts }) {
    store.drop(channel, ts);
  },
  stream(store, { channel, ts, append }) {
    const message = store.message(channel, ts);
    if (message) store.put(channel, { ...message, markdown: (message.markdown ?? "") + append });
  },
  ephemeral(store, { channel, message }) {
    store.put(channel, { ...message, ephemeral: true });
    store.emit("arrived", { channel, message: { ...message, ephemeral: true } });
  },
  ephemeral_deleted(store, { channel, ts }) {
    store.drop(channel, ts);
  },
  reaction(store, { channel, ts, reactions }) {
    store.patch(channel, ts, { reactions });
  },
  channel(store, { channel }) {
    store.putChannel(channel);
  },
  unread(store, { channel, unread }) {
    store.setUnread(channel, unread);
  },
  status(store, event) {
    const key = threadKey(event.channel, event.thread_ts);
    if (event.text) store.statuses.set(key, event);
    else store.statuses.delete(key);
    store.emit("status", event);
  },
  session(store, event) {
    store.sessions.set(threadKey(event.channel, event.thread_ts), event);
    store.emit("session", event);
    store.emit("status", event);
  },
  prompts(store, { channel, title, prompts }) {
    store.prompts.set(channel, { title, prompts });
    store.emit("prompts", { channel });
  },
  home(store, { view }) {
    store.home = view;
    store.emit("home", { view });
  },
};

/** View and notice events concern other parts of the page; they are passed on under their own name. */
export function applyEvent(store, event) {
  const apply = APPLY[event.type];
  if (apply) apply(store, event);
  else store.emit(event.type, event);
}
