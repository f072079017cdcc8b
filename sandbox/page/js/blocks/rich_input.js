/** A rich text input: typed with Slack's marks, sent as a `rich_text` block. */

import { el } from "../dom.js";
import { formatBar } from "../format_bar.js";
import { fromRichText, toRichText } from "../rich_text_value.js";
import { controlKey, perform } from "./act.js";

export function richTextInput(element, block, context, label) {
  const held = context.form.register(
    block.block_id,
    element.action_id,
    { type: "rich_text_input", rich_text_value: element.initial_value ?? null },
  );
  const { store } = context.app;
  const area = el(
    "textarea",
    {
      rows: 4,
      "aria-label": label,
      placeholder: element.placeholder?.text,
      data: { key: controlKey(element, block) },
    },
  );
  area.value = held.rich_text_value ? fromRichText(held.rich_text_value, store) : "";
  area.addEventListener("input", () => {
    context.form.set(
      block.block_id,
      element.action_id,
      { rich_text_value: area.value.trim() ? toRichText(area.value, store) : null },
    );
  });
  if (block.dispatch_action) area.addEventListener("change", () => perform(
    area,
    element,
    block,
    context,
    context.form.get(block.block_id, element.action_id),
  ));
  if (element.focus_on_load) queueMicrotask(() => area.focus());
  return el("div.rich-input", {}, formatBar(area), area);
}
