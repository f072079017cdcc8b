/** The file input of a modal: pick or drop, upload, list. */

import { el, replace } from "../dom.js";
import { icon } from "../icons.js";
import { fileSize } from "../time.js";
import { controlKey } from "./act.js";

function allowed(element, file) {
  const types = element.filetypes;
  return !types?.length || types.some((type) => file.name.toLowerCase().endsWith(`.${type.toLowerCase()}`));
}

function fileItem(file, remove) {
  const button = el(
    "button.icon-button.small",
    { type: "button", "aria-label": `Remove ${file.name}`, on: { click: () => remove(file) } },
    icon("close", 14),
  );
  const size = el("span.hint", {}, fileSize(file.size));
  return el("li.upload-item", {}, icon("file", 16), el("span.upload-name", {}, file.name), size, button);
}

class FileInput {
  constructor(element, block, context, label) {
    Object.assign(this, { element, block, context });
    this.most = element.max_files ?? 10;
    const held = context.form.register(block.block_id, element.action_id, { type: "file_input", files: [] });
    this.list = el("ul.upload-list");
    this.picker = this.filePicker();
    this.node = el("div.file-input", {}, this.zone(label), this.picker, this.list);
    this.draw(held.files);
  }

  filePicker() {
    return el("input.sr-only", {
      type: "file",
      multiple: this.most > 1,
      tabindex: "-1",
      "aria-hidden": "true",
      accept: this.element.filetypes?.map((type) => `.${type}`).join(","),
      on: { change: () => this.take(this.picker.files) },
    });
  }

  zone(label) {
    const text = this.most > 1 ? `Choose or drop up to ${this.most} files` : "Choose or drop a file";
    const key = controlKey(this.element, this.block);
    const on = {
      click: () => this.picker.click(),
      dragover: (event) => event.preventDefault(),
      drop: (event) => this.dropped(event),
    };
    const attributes = { type: "button", "aria-label": label, data: { key }, on };
    return el("button.upload-zone", attributes, icon("attach"), el("span", {}, text));
  }

  dropped(event) {
    event.preventDefault();
    event.stopPropagation();
    this.take(event.dataTransfer.files);
  }

  get files() {
    return this.context.form.get(this.block.block_id, this.element.action_id).files;
  }

  keep(files) {
    this.context.form.set(this.block.block_id, this.element.action_id, { files });
    this.draw(files);
  }

  draw(files) {
    const remove = (file) => this.keep(this.files.filter((one) => one.id !== file.id));
    replace(this.list, files.map((file) => fileItem(file, remove)));
  }

  async take(files) {
    const { app } = this.context;
    const fitting = [...files].filter((file) => allowed(this.element, file));
    for (const file of fitting.slice(0, this.most - this.files.length)) {
      const row = el("li.upload-item", {}, icon("clock", 16), `Uploading ${file.name}…`);
      this.list.append(row);
      const uploaded = await app.try(app.api.upload(file, () => {}));
      row.remove();
      if (uploaded) this.keep([...this.files, uploaded]);
    }
  }
}

export function fileInput(element, block, context, label) {
  return new FileInput(element, block, context, label).node;
}
