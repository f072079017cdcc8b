/** What this window knows of the workspace. Messages are replaced, never changed: views compare by identity. */

export class Store {
  constructor(boot) {
    this.listeners = new Map();
    this.messages = new Map();
    this.complete = new Set();
    this.prompts = new Map();
    this.home = null;
    this.load(boot);
  }

  load(boot) {
    this.me = typeof boot.me === "string" ? boot.me : boot.me.id;
    this.team = boot.team;
    this.users = new Map(boot.users.map((user) => [user.id, user]));
    this.channels = new Map(boot.channels.map((channel) => [channel.id, channel]));
    this.app = boot.app;
    this.commands = boot.commands ?? [];
    this.shortcuts = boot.shortcuts ?? [];
    this.settings = boot.settings ?? {};
    this.statuses = new Map((boot.statuses ?? []).filter(({ text }) => text).map((status) => [
      threadKey(status.channel, status.thread_ts),
      status,
    ]));
    this.sessions = new Map((boot.sessions ?? []).map((session) => [
      threadKey(session.channel, session.thread_ts),
      session,
    ]));
    this.emit("channels");
  }

  on(topic, listener) {
    const known = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, known.add(listener));
    return () => known.delete(listener);
  }

  emit(topic, detail = {}) {
    for (const listener of [...(this.listeners.get(topic) ?? [])]) listener(detail);
  }

  user(id) {
    return this.users.get(id);
  }

  get myself() {
    return this.users.get(this.me);
  }

  get appChannel() {
    return [...this.channels.values()].find((channel) => channel.kind === "app");
  }

  shelf(channel) {
    if (!this.messages.has(channel)) this.messages.set(channel, new Map());
    return this.messages.get(channel);
  }

  message(channel, ts) {
    return this.messages.get(channel)?.get(ts);
  }

  /** Keeps one message; a server copy of a message replaces ours. */
  put(channel, message) {
    this.shelf(channel).set(message.ts, { ...message, channel });
    this.emit("messages", { channel, ts: message.ts, thread: message.thread_ts });
  }

  patch(channel, ts, changes) {
    const message = this.message(channel, ts);
    if (message) this.put(channel, { ...message, ...changes });
  }

  putAll(channel, messages) {
    const shelf = this.shelf(channel);
    for (const message of messages) shelf.set(message.ts, { ...message, channel });
    this.emit("messages", { channel });
  }

  /** Takes a message away; one with replies leaves a gravestone. */
  drop(channel, ts) {
    const message = this.message(channel, ts);
    if (message?.reply_count) this.put(channel, { ...message, ...GRAVESTONE });
    else this.shelf(channel).delete(ts);
    this.emit("messages", { channel, ts, thread: message?.thread_ts });
  }

  /** What the app is doing in a conversation: `{text, loading_messages, stoppable}`, or null. */
  work(channel, thread) {
    const key = threadKey(channel, thread);
    const status = this.statuses.get(key);
    const stoppable = this.sessions.get(key)?.status === "processing";
    if (!status && !stoppable) return null;
    return { text: status?.text ?? "", loading_messages: status?.loading_messages ?? [], stoppable };
  }

  isStreaming(channel, thread) {
    return [...this.shelf(channel).values()]
      .some((message) => message.streaming_state === "in_progress" && (message.thread_ts ??
        message.ts) === (thread ?? message.ts));
  }

  /** Top-level messages of a channel, or with `thread` the whole thread, oldest first. */
  list(channel, thread) {
    const wanted = thread ? (message) => inThread(message, thread) : isTopLevel;
    return [...this.shelf(channel).values()].filter((message) => wanted(message) && isShown(message)).sort(byTime);
  }

  channel(id) {
    return this.channels.get(id);
  }

  putChannel(channel) {
    this.channels.set(channel.id, { ...this.channels.get(channel.id), ...channel });
    this.emit("channels", { channel: channel.id });
  }

  setUnread(id, unread) {
    const channel = this.channels.get(id);
    if (!channel || channel.unread === unread) return;
    this.channels.set(id, { ...channel, unread });
    this.emit("channels", { channel: id });
  }

  /** Drops everything fetched, after the connection was lost; views ask again. */
  forget() {
    this.messages.clear();
    this.complete.clear();
  }
}

const GRAVESTONE = {
  deleted: true,
  text: "This message was deleted.",
  subtype: "tombstone",
  blocks: null,
  files: null,
  markdown: null,
  chunks: null,
  attachments: null,
  reactions: null,
};

const isShown = (message) => !message.deleted || message.reply_count > 0;

export const threadKey = (channel, thread) => `${channel}:${thread ?? ""}`;

export function isTopLevel(message) {
  return !message.thread_ts || message.thread_ts === message.ts || message.subtype === "thread_broadcast";
}

function inThread(message, thread) {
  return message.ts === thread || message.thread_ts === thread;
}

export function byTime(one, other) {
  return Number(one.ts) - Number(other.ts) || (one.ts < other.ts ? -1 : 1);
}
