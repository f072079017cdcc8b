/** Pictures, files, video blocks. Pictures of other hosts are named, not fetched: nothing is asked outside. */

import { el, link } from "../dom.js";
import { icon } from "../icons.js";
import { textNodes } from "../mrkdwn.js";
import { fileSize } from "../time.js";

function localSource(element, context) {
  const { api } = context.app;
  if (element.slack_file?.id) return api.fileUrl(element.slack_file.id);
  const url = element.slack_file?.url ?? element.image_url ?? element.thumbnail_url;
  if (!url) return null;
  const private_ = /\/files\/[^/]*-(F[A-Z0-9]+)\//.exec(url);
  if (private_) return api.fileUrl(private_[1]);
  return new URL(url, location.origin).origin === location.origin ? url : null;
}

/** An image element; `alt_text` stands in for a picture that may not be fetched. */
export function slackImage(element, context, className) {
  const source = localSource(element, context);
  if (!source) return el(
    `span.image-away.${className}`,
    { role: "img", "aria-label": element.alt_text, title: element.image_url },
    icon("eye", 14),
    className === "context-image" ? null : el("span", {}, element.alt_text),
  );
  return el(`img.${className}`, { src: source, alt: element.alt_text ?? "", loading: "lazy" });
}

export function imageBlock(block, context) {
  const title = block.title ? el("figcaption.image-title", {}, textNodes(block.title)) : null;
  const away = !localSource(block, context);
  return el(
    "figure.image",
    {},
    title,
    slackImage(block, context, "image-picture"),
    away && block.image_url ? el("p.image-link", {}, link(block.image_url, "Open the picture outside")) : null,
  );
}

export function videoBlock(block) {
  const text = [
    el("p.video-author", {}, block.provider_name ?? block.author_name ?? ""),
    el("p.video-title", {}, link(block.title_url ?? block.video_url, textNodes(block.title))),
    el("p", {}, textNodes(block.description)),
  ];
  const screen = el("div.video-screen", { role: "img", "aria-label": block.alt_text ?? "Video" }, icon("play", 36));
  return el("div.video", {}, text, screen);
}

export function fileBlock(block) {
  return el("div.file-card", {}, icon("file", 28), el("span", {}, `Remote file ${block.external_id ?? ""}`));
}

const KINDS = { video: "video", audio: "play" };

function player(file, url) {
  const [kind] = (file.mimetype ?? "").split("/");
  const media = { src: url, controls: true, preload: "metadata", "aria-label": file.name };
  if (kind === "video") return el("video.file-video", media);
  return kind === "audio" ? el("audio.file-audio", media) : null;
}

function picture(file, url) {
  const name = file.title || file.name;
  const image = el("img", { src: url, alt: file.alt_txt || name, loading: "lazy" });
  const whole = el("a.file-image", { href: url, target: "_blank", rel: "noopener" }, image);
  return el("div.file", {}, el("p.file-caption", {}, name), whole);
}

const GONE = {
  tombstone: "This file was deleted.",
  hidden_by_limit: "This file is hidden: it is older than this workspace's plan shows.",
};

/** A file shared in a message: a picture, or a player when the browser has one, and its card. */
export function fileNode(file, api) {
  if (GONE[file.mode]) return el("div.file-card", {}, icon("file", 22), el("span.file-meta", {}, GONE[file.mode]));
  const url = api.fileUrl(file.id);
  const [kind] = (file.mimetype ?? "").split("/");
  if (kind === "image") return picture(file, url);
  const type = (file.pretty_type ?? file.filetype ?? kind ?? "file").toUpperCase();
  const name = el("span.file-name", {}, file.title || file.name);
  const meta = el("span.file-meta", {}, `${type} · ${fileSize(file.size)}`);
  const download = { href: url, download: file.name, "aria-label": `Download ${file.name}`, title: "Download" };
  const card = el(
    "div.file-card",
    {},
    el("span.file-icon", { data: { kind: kind || "file" } }, icon(KINDS[kind] ?? "file", 22)),
    el("span.file-text", {}, name, meta),
    el("a.icon-button", download, icon("download")),
  );
  return el("div.file", {}, player(file, url), card);
}
