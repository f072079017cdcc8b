/** The content of a message: text or markdown, task cards, blocks, files, attachments. */

import { renderBlocks } from "./blocks/index.js";
import { fileNode } from "./blocks/media.js";
import { chunksNode } from "./blocks/plan.js";
import { el, link } from "./dom.js";
import { LiveMarkdown, markdownNode } from "./markdown.js";
import { isOnlyEmoji, mrkdwn } from "./mrkdwn.js";
import { messageSurface } from "./surface.js";

export const isStreaming = (message) => message.streaming_state === "in_progress";

/** Messages of people carry a `rich_text` copy of their text; the text is what they typed. */
function ownText(message) {
  const typed = message.client_msg_id && message.blocks?.length === 1 && message.blocks[0].type === "rich_text";
  return typed || !message.blocks?.length ? message.text : "";
}

function blocksOf(message) {
  return ownText(message) ? [] : message.blocks ?? [];
}

function carriesMarkdown(message) {
  return (message.blocks ?? []).some((block) => block.type === "markdown" && message.markdown?.includes(block.text));
}

function textNode(app, message) {
  const text = ownText(message);
  if (!text) return null;
  const body = el("div.text", { class: isOnlyEmoji(text) ? "text-jumbo" : "" }, mrkdwn(text, app.places));
  if (message.edited) body.append(el("span.edited", { title: "This message was edited" }, " (edited)"));
  return body;
}

function attachmentNode(attachment, app, surface) {
  const bar = el("div.attachment", {});
  if (/^#?[0-9a-f]{6}$/i.test(attachment.color ?? "")) bar.style.setProperty(
    "--bar",
    `#${attachment.color.replace("#", "")}`,
  );
  const title = attachment.title ? el(
    "p.attachment-title",
    {},
    attachment.title_link ? link(attachment.title_link, attachment.title) : attachment.title,
  ) : null;
  bar.append(el("div", {}, attachment.pretext ? mrkdwn(attachment.pretext, app.places) : null, title,
    attachment.text ? mrkdwn(
      attachment.text,
      app.places,
    ) : null, attachment.blocks ? renderBlocks(attachment.blocks, surface) : null));
  return bar;
}

/** Draws once and follows a live text without redrawing the rest. */
export class MessageBody {
  constructor(app, message) {
    this.app = app;
    this.node = el("div.msg-body");
    this.draw(message);
  }

  draw(message) {
    const { app } = this;
    const surface = messageSurface(app, message, app.formOf(message));
    const streaming = isStreaming(message);
    this.live = streaming ? new LiveMarkdown(app.places) : null;
    this.live?.update(message.markdown ?? "");
    const text = message.markdown && !carriesMarkdown(message) ? markdownNode(message.markdown, app.places) : null;
    const shown = message.markdown || streaming ? this.live?.node ?? text : textNode(app, message);
    this.node.classList.toggle("streaming", streaming);
    this.node.setAttribute("aria-busy", String(streaming));
    this.node.replaceChildren(...[
      message.chunks?.length ? chunksNode(message.chunks, surface) : null,
      shown,
      renderBlocks(blocksOf(message), surface),
      (message.attachments ?? []).map((attachment) => attachmentNode(attachment, app, surface)),
      message.files?.length ? el("div.files", {}, message.files.map((file) => fileNode(file, app.api))) : null,
    ].flat().filter(Boolean));
  }

  /** Only the live text grew. */
  grow(message) {
    this.live.update(message.markdown ?? "");
  }
}

/** One line of a message, for lists and for the screen reader. */
export function summary(message, store) {
  const raw = message.markdown || message.text || message.blocks?.[0]?.text?.text || (message.files?.length
    ? `shared ${message.files[0].name}`
    : "");
  const names = raw.replace(/<@([UW]\w+)[^>]*>/g, (_, id) => `@${store.user(id)?.real_name ?? "someone"}`);
  return names.replace(/<[^|>]*\|([^>]*)>/g, "$1").replace(/[*_`#>]+/g, "").slice(0, 200);
}
