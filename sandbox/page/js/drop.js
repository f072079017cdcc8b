/** Dropping files anywhere on a pane hands them to its composer. */

import { el } from "./dom.js";
import { icon } from "./icons.js";

const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

export function acceptDrops(pane, composer, label) {
  const cover = el(
    "div.drop-cover",
    { hidden: true, "aria-hidden": "true" },
    el("div.drop-card", {}, icon("attach", 32), el("p", {}, `Upload to ${label}`)),
  );
  pane.append(cover);
  const show = (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    cover.hidden = false;
  };
  pane.addEventListener("dragenter", show);
  pane.addEventListener("dragover", show);
  pane.addEventListener("dragleave", (event) => {
    if (!pane.contains(event.relatedTarget)) cover.hidden = true;
  });
  pane.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    cover.hidden = true;
    composer.uploads.add(event.dataTransfer.files);
    composer.focus();
  });
}
