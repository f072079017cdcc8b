/** Task cards and plans: what an agent is doing, step by step. */

import { el } from "../dom.js";
import { icon } from "../icons.js";
import { textNodes } from "../mrkdwn.js";
import { renderElement } from "./elements.js";
import { richTextNodes } from "./rich_text.js";

const STATUS = {
  pending: ["circle", "Waiting"],
  in_progress: ["spinner", "Working on it"],
  complete: ["done", "Done"],
  error: ["error", "Failed"],
};

export function statusIcon(status) {
  const [glyph, label] = STATUS[status] ?? STATUS.pending;
  const mark = glyph === "spinner" ? el("span.spinner") : icon(glyph, 18);
  return el("span.task-status", { role: "img", "aria-label": label, data: { status: status ?? "pending" } }, mark);
}

const rich = (value, context) => (typeof value === "string" ? textNodes(
  { type: "mrkdwn", text: value },
  context.places,
) : richTextNodes(value, context.places));

function isFilled(value) {
  return typeof value === "string" ? value.trim() : value?.elements?.length;
}

function taskBody(task, context) {
  return [
    isFilled(task.details) ? el("div.task-details", {}, rich(task.details, context)) : null,
    isFilled(task.output) ? el("div.task-output", {}, rich(task.output, context)) : null,
    task.sources?.length ? el(
      "div.task-sources",
      {},
      task.sources.map((source) => renderElement({ type: "url", ...source }, {}, context)),
    ) : null,
  ].filter(Boolean);
}

function taskNode(task, context, className) {
  const body = taskBody(task, context);
  const title = el("span.task-title", {}, textNodes(task.title ?? ""));
  if (!body.length) return el(
    `div.task-card.${className}`,
    {},
    el("div.task-head", {}, statusIcon(task.status), title),
  );
  const open = task.status === "in_progress" || task.status === "error";
  return el(
    `details.task-card.${className}`,
    { open },
    el("summary.task-head", {}, statusIcon(task.status), title, icon("chevron", 16)),
    el("div.task-body", {}, body),
  );
}

export function taskCardBlock(block, context) {
  return taskNode(block, context, "standing");
}

export function planBlock(block, context) {
  const tasks = block.tasks ?? block.task_cards ?? [];
  const done = tasks.filter(({ status }) => status === "complete").length;
  return el("details.plan", { open: true },
    el(
      "summary.plan-head",
      {},
      el("span.plan-title", {}, textNodes(block.title ?? "Plan")),
      tasks.length ? el("span.plan-count", {}, `${done} of ${tasks.length}`) : null,
      icon("chevron", 16),
    ),
    el("ol.plan-tasks", {}, tasks.map((task) => el("li", {}, taskNode(task, context, "listed")))));
}

/** Merged `task_update` / `plan_update` chunks of a stream as one plan or a row of cards. */
export function chunksNode(chunks, context) {
  const plan = chunks.find(({ type }) => type === "plan_update" || type === "plan");
  const tasks = chunks.filter(({ type }) => type === "task_update" || type === "task_card");
  if (plan) return planBlock({ title: plan.title, tasks }, context);
  return el("div.task-row", {}, tasks.map((task) => taskNode(task, context, "listed")));
}
