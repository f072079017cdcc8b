/** Suggested prompts above the composer of the app's Messages tab. */

import { el, replace } from "./dom.js";
import { icon } from "./icons.js";

export class Prompts {
  constructor(app, channel, composer) {
    Object.assign(this, { app, channel, composer });
    this.node = el("div.prompts", { hidden: true });
  }

  start() {
    const { store } = this.app;
    this.stops = [
      store.on("prompts", ({ channel }) => channel === this.channel && this.draw()),
      store.on("arrived", ({
        channel,
        message,
      }) => channel === this.channel && message.user === store.me && this.clear()),
    ];
    return this.load();
  }

  /** Showing the Messages tab tells the app that it was opened; its prompts come back. */
  async load() {
    const answer = await this.app.try(this.app.api.get("/ui/home", { tab: "messages" }));
    if (answer?.prompts?.length) this.app.store.prompts.set(this.channel, answer);
    this.draw();
  }

  stop() {
    this.stops?.forEach((stop) => stop());
  }

  clear() {
    this.app.store.prompts.delete(this.channel);
    this.draw();
  }

  draw() {
    const given = this.app.store.prompts.get(this.channel);
    this.node.hidden = !given?.prompts?.length;
    if (this.node.hidden) return;
    const send = (prompt) => () => {
      this.composer.fill(prompt.message);
      this.composer.send();
    };
    replace(this.node, el("p.prompts-title", {}, icon("sparkle", 16), given.title || "Try one of these"),
      el(
        "div.prompts-row",
        {},
        given.prompts.map((prompt) => el(
          "button.prompt",
          { type: "button", title: prompt.message, on: { click: send(prompt) } },
          prompt.title ?? prompt.message,
        )),
      ));
  }
}
