/** Thumbs up and down under an answer; the choice stays marked in this window. */

import { el } from "../dom.js";
import { icon } from "../icons.js";
import { controlKey, perform } from "./act.js";

export function feedbackButtons(element, block, context) {
  const { marks } = context.form;
  const group = el("div.feedback", { role: "group", "aria-label": "Feedback" });
  const one = (spec, glyph) => {
    const label = spec.accessibility_label ?? spec.text?.text ?? "";
    const node = el(
      "button.icon-action",
      {
        type: "button",
        "aria-label": label,
        title: label,
        "aria-pressed": String(marks.get(controlKey(element, block)) === spec.value),
        data: { key: `${controlKey(element, block)}/${spec.value}` },
      },
      icon(glyph, 18),
    );
    node.addEventListener("click", () => choose(node, spec));
    return node;
  };
  const choose = async (node, spec) => {
    for (const other of group.children) other.setAttribute("aria-pressed", String(other === node));
    marks.set(controlKey(element, block), spec.value);
    await perform(node, element, block, context, { value: spec.value, text: spec.text });
  };
  group.append(one(element.positive_button, "thumbup"), one(element.negative_button, "thumbdown"));
  return group;
}
