/** The first minute: what can be tried, each a click away. */

import { el } from "./dom.js";
import { icon } from "./icons.js";

const DONE = "sandbox.tour.done";
const QUESTION = "what can you help our video team with?";

function steps(app) {
  const { store } = app;
  const home = [...store.channels.values()].find(({ kind, name }) => kind === "public" &&
    name === "general") ?? [...store.channels.values()].find(({ kind }) => kind === "public");
  const name = store.app.name;
  const write = (text) => () => store.emit("compose", { channel: home?.id, text });
  const others = [...store.users.values()].filter(({ is_bot: bot, id }) => !bot && id !== store.me);
  const ask = store.commands.find(({ command }) => command === "/ask") ?? store.commands[0];
  return [
    [
      "message",
      `Mention @${name}`,
      "Ask in a channel; the answer streams into a thread.",
      write(`@${name} ${QUESTION}`),
    ],
    ask ? ["slash", `Type ${ask.command}`, ask.description, write(`${ask.command} `)] : null,
    store.appChannel ? [
      "home",
      "Open the app’s Home",
      "What it did, what it cost, what is waiting.",
      () => app.go({ channel: store.appChannel.id, tab: "home" }),
    ] : null,
    ["attach", "Drop a file", "A clip, a PDF, a script: into any channel.", write("")],
    others.length ? [
      "people",
      "Switch person",
      `See it as ${others[0].real_name} in a second window.`,
      () => document.querySelector(".act-as").click(),
    ] : null,
  ].filter(Boolean);
}

function whoAnswers({ real_providers: real }) {
  if (real?.length) return `Answers come from the real provider behind ${real.join(" and ")}: they cost money.`;
  return "Answers come from stand-in models on this machine. Nothing is paid, nothing leaves it.";
}

export class Tour {
  constructor(app) {
    this.app = app;
    app.store.on("tour", () => (this.node ? this.close() : this.show()));
    if (!localStorage.getItem(DONE)) this.show();
  }

  show() {
    const step = ([glyph, title, text, run]) => el(
      "li",
      {},
      el(
        "button.tour-step",
        { type: "button", on: { click: run } },
        el("span.tour-icon", {}, icon(glyph)),
        el("span", {}, el("span.tour-title", {}, title), el("span.tour-text", {}, text)),
      ),
    );
    this.node = el("section.tour", { "aria-label": "What to try first" },
      el(
        "header.tour-head",
        {},
        el("h2.tour-heading", {}, "A minute with ", this.app.store.app.name),
        el(
          "button.icon-button",
          { type: "button", "aria-label": "Dismiss", on: { click: () => this.close() } },
          icon("close"),
        ),
      ),
      el("p.tour-intro", {}, "A whole Slack workspace, on this machine only. Try:"),
      el("ul.tour-steps", {}, steps(this.app).map(step)),
      el("p.tour-note", {}, whoAnswers(this.app.store.settings)));
    document.getElementById("app").append(this.node);
  }

  close() {
    localStorage.setItem(DONE, "yes");
    this.node.remove();
    this.node = null;
    this.app.store.emit("route");
  }
}
