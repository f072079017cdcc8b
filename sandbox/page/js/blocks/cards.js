/** Alerts, cards, carousels and containers. */

import { el, freshId } from "../dom.js";
import { icon } from "../icons.js";
import { textNodes } from "../mrkdwn.js";
import { renderElement } from "./elements.js";
import { slackImage } from "./media.js";

const LEVELS = { default: "info", info: "info", warning: "warn", error: "error", success: "done" };

export function alertBlock(block, context) {
  const level = block.level in LEVELS ? block.level : "default";
  const urgent = level === "error" || level === "warning";
  return el(
    `div.alert.alert-${level}`,
    { role: urgent ? "alert" : "note" },
    icon(LEVELS[level], 20),
    el("div.alert-text", {}, textNodes(block.text, context.places)),
  );
}

export function cardBlock(block, context) {
  const { places } = context;
  const hero = block.hero_image ?? block.image;
  const mark = block.icon ?? block.slack_icon;
  const actions = block.actions?.map((element) => renderElement(element, block, context));
  return el("article.card", { "aria-label": block.title?.text ?? block.title ?? "Card" },
    hero ? slackImage(hero, context, "card-hero") : null,
    el("div.card-main", {},
      el("div.card-head", {},
        mark?.alt_text ? slackImage(mark, context, "card-icon") : null,
        el(
          "div",
          {},
          el("p.card-title", {}, textNodes(block.title, places)),
          block.subtitle ? el("p.card-subtitle", {}, textNodes(block.subtitle, places)) : null,
        )),
      block.body ? el("div.card-body", {}, textNodes(block.body, places)) : null,
      block.subtext ? el("p.card-subtitle", {}, textNodes(block.subtext, places)) : null),
    actions?.length ? el("div.actions.card-actions", {}, actions) : null);
}

export function carouselBlock(block, context) {
  const cards = block.elements ?? block.cards ?? [];
  const track = el(
    "ul.carousel-track",
    { tabindex: "0", "aria-label": "Cards" },
    cards.map((card) => el("li", {}, cardBlock(card, context))),
  );
  const scroll = (step) => () => track.scrollBy({ left: step * track.clientWidth * 0.8 });
  const arrow = (step, label, glyph) => el(
    "button.icon-button.carousel-arrow",
    { type: "button", "aria-label": label, on: { click: scroll(step) } },
    icon(glyph),
  );
  return el(
    "div.carousel",
    { role: "group", "aria-label": `${cards.length} cards` },
    track,
    cards.length > 1 ? el("div.carousel-arrows", {}, arrow(-1, "Back", "left"), arrow(1, "Forward", "right")) : null,
  );
}

export function containerBlock(block, context) {
  const children = (block.child_blocks ?? block.blocks ?? block.elements ??
    []).map((child) => context.renderBlock(child, context));
  const head = [
    el("span.container-title", {}, textNodes(block.title, context.places)),
    block.subtitle ? el("span.container-subtitle", {}, textNodes(block.subtitle, context.places)) : null,
  ];
  const className =
    `container-${["narrow", "standard", "wide", "full"].includes(block.width) ? block.width : "standard"}`;
  if (block.is_collapsible) return el(
    "details.container",
    { open: !block.default_collapsed, class: className },
    el("summary.container-head", {}, head, icon("chevron", 16)),
    el("div.container-body", {}, children),
  );
  const id = freshId("container");
  return el(
    "section.container",
    { class: className, "aria-labelledby": block.title ? id : null },
    block.title ? el("div.container-head", { id }, head) : null,
    el("div.container-body", {}, children),
  );
}
