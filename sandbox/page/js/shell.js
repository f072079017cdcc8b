/** Puts the panes on the page and keeps them in step with the address. */

import { AboutPane, HomePane } from "./app_tabs.js";
import { ChannelPane } from "./channel_pane.js";
import { replace } from "./dom.js";
import { channelLabel } from "./people.js";
import { parseRoute, placeOfLink } from "./route.js";
import { isTopLevel } from "./store.js";
import { ThreadPane } from "./thread_pane.js";
import { drawRail, drawTop } from "./top_bar.js";

const part = (id) => document.getElementById(id);
const narrow = matchMedia("(max-width: 760px)");
const PANES = { messages: ChannelPane, home: HomePane, about: AboutPane };

export class Shell {
  constructor(app) {
    this.app = app;
    this.shell = part("app");
    const { store } = app;
    document.querySelector(".skip").addEventListener("click", (event) => this.skip(event));
    document.addEventListener("click", (event) => this.followLink(event));
    window.addEventListener("hashchange", () => this.moved());
    window.addEventListener("focus", () => store.emit("focus"));
    store.on("route", () => this.focusComposer());
    store.on("channels", () => this.decorate());
    store.on("layout", () => this.decorate());
    store.on("remount", () => this.mount(true));
    store.on("drawer", ({ open }) => this.drawer(open));
    this.shell.addEventListener("click", (event) => event.target === this.shell && this.drawer(false));
    store.on("compose", (wish) => this.compose(wish));
    store.on("arrived", ({ channel, message }) => this.followApp(channel, message));
    drawTop(app, part("top"));
    this.moved();
  }

  /** Links to messages of this workspace stay in this window. */
  followLink(event) {
    const link = event.target.closest?.("a[href]");
    const place = link && placeOfLink(link.href);
    if (!place || !this.app.store.channel(place.channel)) return;
    event.preventDefault();
    this.app.go(place);
  }

  skip(event) {
    event.preventDefault();
    part("main").querySelector(".list, .home")?.focus();
  }

  /** In the app's Messages tab the answer to what was just asked opens by itself. */
  followApp(channel, message) {
    const { store, route } = this.app;
    const here = route.channel === channel && route.tab === "messages" && !route.thread &&
      store.channel(channel)?.kind === "app";
    if (!here || message.ephemeral || isTopLevel(message) || narrow.matches) return;
    const own = store.list(channel).filter(({ user }) => user === store.me).at(-1);
    if (own?.ts === message.thread_ts) this.app.openThread(channel, own.ts);
  }

  drawer(open) {
    this.shell.classList.toggle("drawer-open", open);
    if (open && matchMedia("(max-width: 900px)").matches) part("sidebar").querySelector("[aria-current]")?.focus();
  }

  fallback() {
    const all = [...this.app.store.channels.values()];
    return (all.find(({ name, kind }) => kind === "public" &&
      name === "general") ?? all.find(({ is_member: member }) => member !== false) ?? all[0])?.id;
  }

  moved() {
    const { app } = this;
    app.route = parseRoute(location.hash);
    if (!app.store.channel(app.route.channel)) return app.go({ channel: this.fallback() });
    app.store.emit("route");
    this.mount();
    this.decorate();
    return undefined;
  }

  mount(again = false) {
    const { channel, tab, thread } = this.app.route;
    this.main = this.swap(
      part("main"),
      this.main,
      `${channel}/${tab}`,
      () => new (PANES[tab] ?? ChannelPane)(this.app, channel),
      again,
    );
    this.side = this.swap(
      part("side"),
      this.side,
      thread ? `${channel}/${thread}` : "",
      () => new ThreadPane(this.app, channel, thread),
      again,
    );
    part("side").hidden = !thread;
    this.focusComposer();
  }

  swap(slot, current, key, make, again) {
    if (current?.key === key && !again) return current;
    current?.pane?.stop();
    if (!key) {
      replace(slot);
      return null;
    }
    const pane = make();
    replace(slot, pane.node);
    pane.start();
    return { key, pane };
  }

  focusComposer() {
    if (narrow.matches || document.querySelector("dialog[open]")) return;
    const holder = this.app.route.thread ? this.side : this.main;
    holder?.pane.composer?.focus();
  }

  decorate() {
    const { store, route } = this.app;
    drawRail(this.app, part("rail"));
    const unread = [...store.channels.values()].reduce((sum, channel) => sum + (channel.unread ?? 0), 0);
    const where = channelLabel(store, store.channel(route.channel));
    document.title = `${unread ? `(${unread}) ` : ""}${where} · ${store.team.name}`;
    this.shell.classList.toggle("with-side", Boolean(route.thread));
    this.shell.classList.toggle("with-inspector", !part("inspector").hidden);
  }

  /** Fills the composer of a channel (by default the current one) with words, a sample file, or opens its picker. */
  compose({ channel, text, attach, sample }) {
    const { app } = this;
    const target = channel ?? app.route.channel;
    const fill = () => {
      this.main.pane.composer?.fill(text);
      if (attach) this.main.pane.composer?.picker.click();
      if (sample) this.main.pane.composer?.uploads.sample();
    };
    if (app.route.channel === target && app.route.tab === "messages") return fill();
    app.go({ channel: target });
    return addEventListener("hashchange", () => requestAnimationFrame(fill), { once: true });
  }
}
