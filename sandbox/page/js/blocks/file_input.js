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

export function fileInput(element, block, context, label) {
  const held = context.form.register(block.block_id, element.action_id, { type: "file_input", files: [] });
  const most = element.max_files ?? 10;
  const list = el("ul.upload-list");
  const picker = el(
    "input.sr-only",
    {
      type: "file",
      multiple: most > 1,
      tabindex: "-1",
      "aria-hidden": "true",
      accept: element.filetypes?.map((type) => `.${type}`).join(","),
    },
  );
  const zone = el(
    "button.upload-zone",
    {
      type: "button",
      "aria-label": label,
      data: { key: controlKey(element, block) },
      on: { click: () => picker.click() },
    },
    icon("attach"),
    el("span", {}, most > 1 ? `Choose or drop up to ${most} files` : "Choose or drop a file"),
  );
  const keep = (files) => {
    context.form.set(block.block_id, element.action_id, { files });
    draw(files);
  };
  const current = () => context.form.get(block.block_id, element.action_id).files;
  const remove = (file) => keep(current().filter((one) => one.id !== file.id));
  const draw = (files) => replace(list, files.map((file) => fileItem(file, remove)));
  const take = async (files) => {
    for (const file of [...files].filter((one) => allowed(element, one)).slice(0, most - current().length)) {
      const row = el("li.upload-item", {}, icon("clock", 16), `Uploading ${file.name}…`);
      list.append(row);
      const uploaded = await context.app.try(context.app.api.upload(file, () => {}));
      row.remove();
      if (uploaded) keep([...current(), uploaded]);
    }
  };
  picker.addEventListener("change", () => take(picker.files));
  zone.addEventListener("dragover", (event) => event.preventDefault());
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    take(event.dataTransfer.files);
  });
  draw(held.files);
  return el("div.file-input", {}, zone, picker, list);
}
