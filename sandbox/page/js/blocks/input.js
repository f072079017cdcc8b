/** Input blocks: label, element, hint, error. */

import { el, freshId } from "../dom.js";
import { textNodes } from "../mrkdwn.js";
import { renderElement } from "./elements.js";
import { fileInput } from "./file_input.js";
import { richTextInput } from "./rich_input.js";
import { textInput } from "./text_input.js";

const OWN = {
  plain_text_input: textInput,
  number_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  file_input: fileInput,
  rich_text_input: richTextInput,
};

export function inputBlock(block, context) {
  const ids = { label: freshId("label"), hint: freshId("hint"), error: freshId("error") };
  const label = block.label?.text ?? "";
  const render = OWN[block.element.type] ?? renderElement;
  const control = render(block.element, block, context, label);
  const target = control.matches("input, textarea, button, [role]")
    ? control
    : control.querySelector("input, textarea, button, [contenteditable], [role]");
  target?.setAttribute("aria-describedby", [block.hint ? ids.hint : "", ids.error].filter(Boolean).join(" "));
  if (!block.optional) target?.setAttribute("aria-required", "true");
  return el("div.input-block", { data: { input: block.block_id ?? "" } },
    el(
      "div.input-label",
      { id: ids.label },
      textNodes(block.label),
      block.optional ? el("span.optional", {}, " (optional)") : null,
    ),
    control,
    block.hint ? el("p.hint", { id: ids.hint }, textNodes(block.hint)) : null,
    el("p.input-error", { id: ids.error, role: "alert" }));
}

/** Writes errors `{block_id: text}` under their inputs; returns ids for which no input is shown. */
export function showErrors(root, errors) {
  const left = new Set(Object.keys(errors));
  for (const node of root.querySelectorAll("[data-input]")) {
    const text = errors[node.dataset.input];
    node.classList.toggle("invalid", Boolean(text));
    node.querySelector(".input-error").textContent = text ?? "";
    for (const control of node.querySelectorAll("[aria-describedby]")) {
      control.setAttribute("aria-invalid", String(Boolean(text)));
    }
    left.delete(node.dataset.input);
  }
  root.querySelector(".invalid :is(input, textarea, button, [contenteditable])")?.focus();
  return [...left];
}
