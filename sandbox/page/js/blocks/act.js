/** What every interactive element shares: sending its action, and a key that finds it again after a redraw. */

import { confirmDialog } from "../dialog.js";

/** Sends one action after its confirm dialog; the control shows that it is being worked on. */
export async function perform(control, element, block, context, fields) {
  if (element.confirm && !(await confirmDialog(element.confirm, context.places))) return false;
  control.classList.add("busy");
  control.setAttribute("aria-busy", "true");
  try {
    await context.act(
      { type: element.type, action_id: element.action_id, block_id: block.block_id, ...fields },
      context.form,
    );
  } finally {
    control.classList.remove("busy");
    control.removeAttribute("aria-busy");
  }
  return true;
}

/** Inside an input block a change is only told to the app when the block asks for it. */
export function report(control, element, block, context, fields) {
  if (block.type === "input" && !block.dispatch_action) return;
  perform(control, element, block, context, fields);
}

export const controlKey = (element, block) => `${block.block_id ?? ""}/${element.action_id ?? ""}`;
