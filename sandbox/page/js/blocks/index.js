/** Block Kit as DOM nodes. `context` is a `Surface` (surface.js): where blocks stand and what a click does. */

import { el } from "../dom.js";
import { alertBlock, cardBlock, carouselBlock, containerBlock } from "./cards.js";
import { chartBlock } from "./chart.js";
import { dataTableBlock } from "./data_table.js";
import { inputBlock } from "./input.js";
import {
  actionsBlock,
  contextActionsBlock,
  contextBlock,
  dividerBlock,
  headerBlock,
  sectionBlock,
} from "./layout.js";
import { fileBlock, imageBlock, videoBlock } from "./media.js";
import { markdownNode } from "../markdown.js";
import { planBlock, taskCardBlock } from "./plan.js";
import { richTextBlock } from "./rich_text.js";
import { tableBlock } from "./table.js";

const RENDER = {
  section: sectionBlock,
  header: headerBlock,
  divider: dividerBlock,
  context: contextBlock,
  actions: actionsBlock,
  context_actions: contextActionsBlock,
  image: imageBlock,
  input: inputBlock,
  rich_text: richTextBlock,
  markdown: (block, context) => markdownNode(block.text ?? "", context.places),
  table: tableBlock,
  data_table: dataTableBlock,
  data_visualization: chartBlock,
  alert: alertBlock,
  card: cardBlock,
  carousel: carouselBlock,
  container: containerBlock,
  task_card: taskCardBlock,
  plan: planBlock,
  file: fileBlock,
  video: videoBlock,
};

function unknown(block) {
  return el("p.block-unknown", {}, `This page does not draw “${block.type}” blocks.`);
}

export function renderBlock(block, context) {
  const render = RENDER[block.type] ?? unknown;
  return el(`div.block.block-${block.type}`, { data: { block: block.block_id ?? "" } }, render(block, context));
}

export function renderBlocks(blocks, context) {
  const own = context.withBlocks(renderBlock);
  return (blocks ?? []).map((block) => renderBlock(block, own));
}
