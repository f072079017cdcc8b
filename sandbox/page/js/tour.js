/** The first minute: what can be tried, each a click away. */

import { el } from "./dom.js";
import { icon } from "./icons.js";

const DONE = "sandbox.tour.done";
const QUESTION = "what can you help our video team with?";

const COMMANDS = ["/ask", "/generate", "/usage", "/library"];

function general(store) {
  const named = [...store.channels.values()].filter(({ kind, is_member: member }) => kind === "public" && member);
  return named.find(({ name }) => name === "general") ?? named[0];
}

/** `[icon, title, text, what a click does]`, only for what this workspace has. */
function steps(app) {
  const { store } = app;
  const channel = general(store)?.id;
  const { name } = store.app;
  const write = (text, attach) => () => store.emit("compose", { channel, text, attach });
  const interview = () => store.emit("compose", { channel, text: "", sample: true });
  const commands = store.commands.filter(({ command }) => COMMANDS.includes(command)).slice(0, 3);
  const other = [...store.users.values()].find(({ is_bot: bot, id }) => !bot && id !== store.me);
  const home = store.appChannel && (() => app.go({ channel: store.appChannel.id, tab: "home" }));
  const people = () => document.querySelector(".act-as").click();
  return [
    ["message", `Mention @${name}`, "Ask in a channel; the answer streams into a thread.", write(`@${name} ${QUESTION}`)],
    ...commands.map(({ command, description }) => ["slash", `Type ${command}`, description, write(`${command} `)]),
    ["video", "Share the sample interview", "A minute of video. Then ask what she said about the price.", interview],
    ["attach", "Drop a file", "A clip, a PDF, a script: into any channel.", write("", true)],
    home ? ["home", "Open the app’s Home", "Where it keeps what matters to you.", home] : null,
    other ? ["people", "Switch person", `See it as ${other.real_name} in a second window.`, people] : null,
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
