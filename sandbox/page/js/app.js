/** What the parts of the page share: the store, the requests, where the person is, and words to them. */

import { el } from "./dom.js";
import { Refused } from "./api.js";
import { FormState } from "./form_state.js";
import { icon } from "./icons.js";
import { formatRoute, parseRoute } from "./route.js";

const TOAST_MS = 6000;

export class App {
  constructor(store, api) {
    this.store = store;
    this.api = api;
    this.route = parseRoute(location.hash);
    this.drafts = new Map();
    this.forms = new Map();
    this.places = {
      store,
      openChannel: (channel) => this.go({ channel }),
      openPerson: (id, anchor) => this.store.emit("profile", { id, anchor }),
    };
  }

  get channel() {
    return this.store.channel(this.route.channel);
  }

  go(route) {
    const next = formatRoute(route);
    if (next === location.hash) this.store.emit("route");
    else location.hash = next;
  }

  openThread(channel, thread) {
    this.go({ channel, thread });
  }

  closeThread() {
    const { channel, tab } = this.route;
    this.go({ channel, tab });
  }

  /** Runs a request; a refusal becomes a word to the person and `null`. */
  async try(promise) {
    try {
      return await promise;
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof TypeError && /fetch/i.test(error.message))) throw error;
      this.toast(
        error instanceof Refused ? error.message : "The sandbox does not answer. It may have been stopped.",
        "error",
      );
      return null;
    }
  }

  do(what, fields) {
    return this.try(this.api.do(what, fields));
  }

  act(target, action, form) {
    const { block_id, action_id } = action;
    return this.do("action", { ...target, block_id, action_id, action, state: form.toJSON() });
  }

  /** The inputs of one message survive its redraws. */
  formOf(message) {
    const key = `${message.channel}:${message.ts}`;
    if (!this.forms.has(key)) this.forms.set(key, new FormState());
    return this.forms.get(key);
  }

  toast(text, level = "info") {
    const close = () => node.remove();
    const node = el("div.toast", { class: `toast-${level}` }, icon(level === "error"
      ? "warn"
      : "info"), el("span", {}, text),
      el(
        "button.icon-button.small",
        { type: "button", "aria-label": "Dismiss", on: { click: close } },
        icon("close", 16),
      ));
    document.getElementById("toasts").append(node);
    setTimeout(close, TOAST_MS);
  }

  announce(text) {
    const log = document.getElementById("announcer");
    log.append(el("p", {}, text));
    while (log.childNodes.length > 5) log.firstChild.remove();
  }

  link(route) {
    return `${location.origin}/${location.search}${formatRoute(route)}`;
  }

  async copy(text, said) {
    try {
      await navigator.clipboard.writeText(text);
      this.toast(said);
    } catch {
      this.toast(text);
    }
  }
}
