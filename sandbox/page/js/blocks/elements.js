/** Interactive block elements by type. Each renderer gets `(element, block, context, label)`. */

import { el, safeHref } from "../dom.js";
import { hasIcon, icon } from "../icons.js";
import { openMenu } from "../popover.js";
import { textNodes } from "../mrkdwn.js";
import { controlKey, perform } from "./act.js";
import { checkboxes, radioButtons } from "./choices.js";
import { datePicker, dateTimePicker, timePicker } from "./dates.js";
import { feedbackButtons } from "./feedback.js";
import { slackImage } from "./media.js";
import { selectMenu } from "./select.js";

function button(element, block, context) {
  const press = (event) => perform(
    event.currentTarget,
    element,
    block,
    context,
    { text: element.text, value: element.value ?? null },
  );
  const shared = {
    class: element.style ?? "",
    data: { key: controlKey(element, block) },
    "aria-label": element.accessibility_label,
    on: { click: press },
  };
  const href = safeHref(element.url);
  if (href) return el(
    "a.button",
    { ...shared, href, target: "_blank", rel: "noopener noreferrer" },
    textNodes(element.text),
  );
  return el("button.button", { ...shared, type: "button" }, textNodes(element.text));
}

function iconButton(element, block, context) {
  const press = (event) => perform(event.currentTarget, element, block, context, { value: element.value ?? null });
  const name = hasIcon(element.icon) ? element.icon : "more";
  const label = element.accessibility_label ?? element.text?.text ?? element.icon;
  return el("button.icon-action", {
    type: "button",
    "aria-label": label,
    title: label,
    data: { key: controlKey(element, block) },
    on: { click: press },
  },
    icon(name, 16), element.text ? el("span", {}, textNodes(element.text)) : null);
}

function overflow(element, block, context) {
  const trigger = el(
    "button.button.overflow",
    {
      type: "button",
      "aria-haspopup": "menu",
      "aria-label": "More options",
      data: { key: controlKey(element, block) },
    },
    icon("more", 18),
  );
  const choose = (option) => {
    if (safeHref(option.url)) window.open(option.url, "_blank", "noopener");
    return perform(trigger, element, block, context, { selected_option: option });
  };
  const entries = () => element.options.map((option) => ({
    label: textNodes(option.text),
    description: option.description?.text,
    run: () => choose(option),
  }));
  trigger.addEventListener("click", () => openMenu(trigger, entries(), { label: "More options", align: "end" }));
  return trigger;
}

function urlSource(element) {
  const href = safeHref(element.url);
  return href ? el(
    "a.source",
    { href, target: "_blank", rel: "noopener noreferrer" },
    icon("link", 14),
    element.text ?? href,
  ) : el("span.source", {}, element.text ?? "");
}

const RENDER = {
  button,
  workflow_button: button,
  icon_button: iconButton,
  overflow,
  url: urlSource,
  url_source: urlSource,
  image: (element, block, context) => slackImage(element, context, "accessory-image"),
  feedback_buttons: feedbackButtons,
  checkboxes,
  radio_buttons: radioButtons,
  datepicker: datePicker,
  timepicker: timePicker,
  datetimepicker: dateTimePicker,
};

const isSelect = (type) => type.endsWith("_select");

export function renderElement(element, block, context, label) {
  const render = isSelect(element.type) ? selectMenu : RENDER[element.type];
  return render ? render(element, block, context, label) : el(
    "span.block-unknown",
    {},
    `“${element.type}” is not drawn here.`,
  );
}
