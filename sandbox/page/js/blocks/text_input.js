/** Text, number, email and URL inputs. */

import { el } from "../dom.js";
import { controlKey, perform } from "./act.js";

const HTML_TYPE = { email_text_input: "email", url_text_input: "url" };

function initialOf(element) {
  const given = element.initial_value;
  return given === undefined || given === null ? null : String(given);
}

function attributes(element, block, label) {
  const number = element.type === "number_input";
  return {
    "aria-label": label ?? element.placeholder?.text,
    placeholder: element.placeholder?.text,
    maxlength: element.max_length,
    inputmode: number ? (element.is_decimal_allowed ? "decimal" : "numeric") : null,
    autocomplete: "off",
    data: { key: controlKey(element, block) },
  };
}

function dispatchOn(element, trigger) {
  const wanted = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  return wanted.includes(trigger);
}

export function textInput(element, block, context, label) {
  const held = context.form.register(
    block.block_id,
    element.action_id,
    { type: element.type, value: initialOf(element) },
  );
  const shared = attributes(element, block, label);
  const input = element.multiline ? el("textarea.text-input", { ...shared, rows: 4 }) : el(
    "input.text-input",
    { ...shared, type: HTML_TYPE[element.type] ?? "text" },
  );
  input.value = held.value ?? "";
  if (element.focus_on_load) queueMicrotask(() => input.focus());
  const send = () => block.dispatch_action !== false && (block.dispatch_action || block.type !== "input") && perform(
    input,
    element,
    block,
    context,
    { value: input.value },
  );
  input.addEventListener("input", () => {
    context.form.set(block.block_id, element.action_id, { value: input.value || null });
    if (block.dispatch_action && dispatchOn(element, "on_character_entered")) send();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || element.multiline || !block.dispatch_action || !dispatchOn(
      element,
      "on_enter_pressed",
    )) return;
    event.preventDefault();
    send();
  });
  return input;
}
