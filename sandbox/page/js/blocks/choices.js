/** Checkboxes and radio buttons. */

import { el, freshId } from "../dom.js";
import { textNodes } from "../mrkdwn.js";
import { controlKey, report } from "./act.js";

const same = (one, other) => one?.value === other?.value;

function choice(kind, name, option, checked, key, context, onChange) {
  const id = freshId("choice");
  const input = el(
    "input",
    { type: kind, name, id, checked, data: { key: `${key}/${option.value}` }, on: { change: onChange } },
  );
  const description = option.description ? el(
    "span.choice-description",
    {},
    textNodes(option.description, context.places),
  ) : null;
  return el(
    "div.choice",
    {},
    input,
    el("label", { for: id }, el("span", {}, textNodes(option.text, context.places)), description),
  );
}

function group(role, element, block, label, children) {
  return el(`div.choices`, { role, "aria-label": label ?? "Choices", data: { action: element.action_id } }, children);
}

export function checkboxes(element, block, context, label) {
  const { block_id: blockId } = block;
  const held = context.form.register(
    blockId,
    element.action_id,
    { type: "checkboxes", selected_options: element.initial_options ?? [] },
  );
  const changed = (option) => (event) => {
    const rest = context.form.get(blockId, element.action_id).selected_options.filter((one) => !same(one, option));
    const selected = event.currentTarget.checked ? [...rest, option] : rest;
    context.form.set(blockId, element.action_id, { selected_options: selected });
    report(event.currentTarget, element, block, context, { selected_options: selected });
  };
  const isChecked = (option) => held.selected_options.some((one) => same(one, option));
  return group(
    "group",
    element,
    block,
    label,
    element.options.map((option) => choice(
      "checkbox",
      "",
      option,
      isChecked(option),
      controlKey(element, block),
      context,
      changed(option),
    )),
  );
}

export function radioButtons(element, block, context, label) {
  const { block_id: blockId } = block;
  const name = freshId("radio");
  const held = context.form.register(
    blockId,
    element.action_id,
    { type: "radio_buttons", selected_option: element.initial_option ?? null },
  );
  const changed = (option) => (event) => {
    context.form.set(blockId, element.action_id, { selected_option: option });
    report(event.currentTarget, element, block, context, { selected_option: option });
  };
  return group(
    "radiogroup",
    element,
    block,
    label,
    element.options.map((option) => choice(
      "radio",
      name,
      option,
      same(option, held.selected_option),
      controlKey(element, block),
      context,
      changed(option),
    )),
  );
}
