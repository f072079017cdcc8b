/** Section, header, divider, context, actions, context_actions. */

import { el } from "../dom.js";
import { textNodes } from "../mrkdwn.js";
import { renderElement } from "./elements.js";
import { slackImage } from "./media.js";

const LONG_SECTION = 700;

function clamped(block, nodes) {
  const body = el("div.section-text", {}, nodes);
  if (block.expand || (block.text?.text.length ?? 0) < LONG_SECTION) return body;
  body.classList.add("clamped");
  const more = el("button.link-button", { type: "button", "aria-expanded": "false" }, "See more");
  more.addEventListener("click", () => {
    const open = body.classList.toggle("clamped");
    more.textContent = open ? "See more" : "See less";
    more.setAttribute("aria-expanded", String(!open));
  });
  return el("div", {}, body, more);
}

export function sectionBlock(block, context) {
  const fields = block.fields?.map((field) => el("div.field", {}, textNodes(field, context.places)));
  const text = block.text ? clamped(block, textNodes(block.text, context.places)) : null;
  const accessory = block.accessory ? el(
    "div.section-accessory",
    {},
    renderElement(block.accessory, block, context, block.text?.text),
  ) : null;
  return el(
    "div.section",
    {},
    el("div.section-main", {}, text, fields ? el("div.fields", {}, fields) : null),
    accessory,
  );
}

export function headerBlock(block) {
  return el("h3.header-text", {}, textNodes(block.text));
}

export function dividerBlock() {
  return el("hr.divider");
}

export function contextBlock(block, context) {
  const parts = block.elements.map((element) =>
    element.type === "image" ? slackImage(element, context, "context-image") : el(
      "span.context-text",
      {},
      textNodes(element, context.places),
    ));
  return el("div.context", {}, parts);
}

export function actionsBlock(block, context) {
  return el(
    "div.actions",
    { role: "group", "aria-label": "Actions" },
    block.elements.map((element) => renderElement(element, block, context)),
  );
}

function visibleToMe(element, context) {
  const people = element.visible_to_user_ids;
  return !people?.length || people.includes(context.app.store.me);
}

export function contextActionsBlock(block, context) {
  const elements = block.elements.filter((element) => visibleToMe(element, context));
  return el(
    "div.context-actions",
    { role: "group", "aria-label": "Message actions" },
    elements.map((element) => renderElement(element, block, context)),
  );
}
