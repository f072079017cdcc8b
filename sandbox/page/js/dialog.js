/** Small dialogs: a question with two answers, and a frame others fill. `<dialog>` traps the focus. */

import { el, freshId } from "./dom.js";
import { icon } from "./icons.js";
import { textNodes } from "./mrkdwn.js";

export function openDialog(className, title, body, { onClose = () => {} } = {}) {
  const id = freshId("dialog");
  const close = () => dialog.close();
  const dialog = el(`dialog.dialog.${className}`, { "aria-labelledby": id },
    el("header.dialog-head", {},
      el("h2.dialog-title", { id }, title),
      el("button.icon-button", { type: "button", "aria-label": "Close", on: { click: close } }, icon("close"))),
    body);
  dialog.addEventListener("close", () => {
    dialog.remove();
    onClose();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Asks; resolves to true when the person confirms. `question` is a Slack confirm object. */
export function confirmDialog(question, places) {
  return new Promise((resolve) => {
    const answer = { value: false };
    const settle = (value) => {
      answer.value = value;
      dialog.close();
    };
    const confirm = el(
      "button.button",
      {
        type: "button",
        class: question.style === "danger" ? "danger" : "primary",
        on: { click: () => settle(true) },
      },
      textNodes(question.confirm ?? "OK"),
    );
    const deny = el(
      "button.button",
      { type: "button", on: { click: () => settle(false) } },
      textNodes(question.deny ?? "Cancel"),
    );
    const body = [
      el("div.dialog-body", {}, textNodes(question.text, places)),
      el("footer.dialog-foot", {}, deny, confirm),
    ];
    const dialog = openDialog(
      "confirm",
      textNodes(question.title ?? "Are you sure?"),
      body,
      { onClose: () => resolve(answer.value) },
    );
    confirm.focus();
  });
}
