/** Files waiting to be sent with the next message. */

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { fileSize } from "./time.js";

export class Uploads {
  constructor(app, onChange) {
    Object.assign(this, { app, onChange });
    this.items = [];
    this.node = el("ul.uploads", { "aria-label": "Files to send", hidden: true });
  }

  get busy() {
    return this.items.some(({ file }) => !file);
  }

  get ids() {
    return this.items.map(({ file }) => file?.id).filter(Boolean);
  }

  add(files) {
    for (const file of files) this.upload(file);
  }

  upload(source) {
    return this.wait(source, fileSize(source.size), (bar) => {
      bar.value = 0;
      return this.app.api.upload(source, (share) => { bar.value = share; });
    });
  }

  /** The workspace's own interview: it is made the first time somebody wants it. */
  sample() {
    const source = { name: "aurora-one-interview.mp4", type: "video/mp4" };
    return this.wait(source, "Being made: a few seconds", () => this.app.api.sample());
  }

  async wait(source, about, arrival) {
    const item = { file: null };
    this.items.push(item);
    const bar = el("progress.upload-progress", { max: "1", "aria-label": `Uploading ${source.name}` });
    const meta = el("span.file-meta", {}, about);
    const remove = el(
      "button.icon-button.small",
      { type: "button", "aria-label": `Remove ${source.name}`, on: { click: () => this.remove(item) } },
      icon("close", 14),
    );
    item.node = el(
      "li.upload",
      {},
      el("span.file-icon", {}, icon(source.type.startsWith("video/") ? "video" : "file", 18)),
      el("span.file-text", {}, el("span.file-name", {}, source.name), meta, bar),
      remove,
    );
    this.node.append(item.node);
    this.changed();
    item.file = await this.app.try(arrival(bar));
    if (item.file) {
      bar.remove();
      meta.textContent = fileSize(item.file.size);
    } else this.remove(item);
    this.changed();
  }

  remove(item) {
    this.items = this.items.filter((one) => one !== item);
    item.node.remove();
    this.changed();
  }

  clear() {
    this.items = [];
    this.node.replaceChildren();
    this.changed();
  }

  changed() {
    this.node.hidden = !this.items.length;
    this.onChange();
  }
}
