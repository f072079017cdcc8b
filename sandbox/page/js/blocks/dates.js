/** Date, time and date-time pickers on the browser's own controls. */

import { el } from "../dom.js";
import { controlKey, report } from "./act.js";

function picker(type, held, key, label, onChange) {
  const input = el("input.text-input.picker", { type, value: held ?? "", "aria-label": label, data: { key } });
  input.addEventListener("change", () => onChange(input));
  return input;
}

function simple(type, slackType, field, initial) {
  return (element, block, context, label) => {
    const held = context.form.register(
      block.block_id,
      element.action_id,
      { type: slackType, [field]: element[initial] ?? null },
    );
    const name = label ?? element.placeholder?.text ?? type;
    return picker(type, held[field], controlKey(element, block), name, (input) => {
      const value = { [field]: input.value || null };
      context.form.set(block.block_id, element.action_id, value);
      report(input, element, block, context, value);
    });
  };
}

export const datePicker = simple("date", "datepicker", "selected_date", "initial_date");
export const timePicker = simple("time", "timepicker", "selected_time", "initial_time");

function toLocal(seconds) {
  const date = new Date(seconds * 1000);
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

export function dateTimePicker(element, block, context, label) {
  const held = context.form.register(
    block.block_id,
    element.action_id,
    { type: "datetimepicker", selected_date_time: element.initial_date_time ?? null },
  );
  const shown = held.selected_date_time ? toLocal(held.selected_date_time) : "";
  return picker("datetime-local", shown, controlKey(element, block), label ?? "Date and time", (input) => {
    const value = { selected_date_time: input.value ? Math.floor(new Date(input.value).getTime() / 1000) : null };
    context.form.set(block.block_id, element.action_id, value);
    report(input, element, block, context, value);
  });
}
