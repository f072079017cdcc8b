/** Starts the page: who we are, what there is, and the live connection. */

import { Api } from "./api.js";
import { App } from "./app.js";
import { el, replace } from "./dom.js";
import { hasEmojiFont } from "./emoji_art.js";
import { applyEvent } from "./events.js";
import { Inspector } from "./inspector.js";
import { openJump } from "./jump.js";
import { listenToKeys, openShortcuts } from "./keyboard.js";
import { Modals } from "./modal.js";
import { openProfile } from "./profile.js";
import { Sidebar } from "./sidebar.js";
import { Store } from "./store.js";
import { followSystem } from "./theme.js";
import { Tour } from "./tour.js";
import { Shell } from "./shell.js";

const RETRY_MS = 1500;

function keepPerson(api, store) {
  api.person = store.me;
  const url = new URL(location.href);
  url.searchParams.set("as", store.me);
  history.replaceState(null, "", url);
}

/** After a gap everything is asked again: events may have been missed. */
async function catchUp(app) {
  const boot = await app.try(app.api.get("/ui/boot"));
  if (!boot) return;
  app.store.forget();
  app.store.load(boot);
  app.store.emit("remount");
}

function showConnection(state) {
  const note = document.querySelector(".connection");
  if (note) note.textContent = state === "lost" ? "Connecting…" : "";
}

function connect(app) {
  let lost = false;
  app.api.listen((event) => applyEvent(app.store, event), (state) => {
    showConnection(state);
    if (state === "lost") lost = true;
    else if (lost) {
      lost = false;
      catchUp(app);
    }
  });
}

function wire(app) {
  const { store } = app;
  store.on("jump", () => openJump(app));
  store.on("shortcuts", openShortcuts);
  store.on("profile", ({ id, anchor }) => openProfile(app, id, anchor));
  store.on("notice", ({ text, level }) => app.toast(text, level));
  store.on("session", () => store.emit("layout"));
}

async function boot(api) {
  const main = document.getElementById("main");
  for (;;) {
    try {
      return await api.get("/ui/boot");
    } catch (error) {
      if (error.code === "404") api.person = null;
      replace(main, el("p.booting", { role: "status" }, `${error.message} Trying again…`));
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function start() {
  followSystem();
  document.documentElement.dataset.emoji = hasEmojiFont() ? "font" : "drawn";
  const api = new Api(new URLSearchParams(location.search).get("as"));
  const store = new Store(await boot(api));
  keepPerson(api, store);
  const app = new App(store, api);
  connect(app);
  wire(app);
  new Inspector(app, document.getElementById("inspector"));
  new Modals(app);
  new Sidebar(app, document.getElementById("sidebar"));
  new Shell(app);
  new Tour(app);
  listenToKeys(app);
}

start();
