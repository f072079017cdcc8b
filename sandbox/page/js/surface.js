/** Where blocks stand: a message, a modal or the App Home; carries what a click on them does. */

import { FormState } from "./form_state.js";

export class Surface {
  /** `kind` is "message", "modal" or "home"; `act(action, form)` resolves when the app has answered. */
  constructor({ app, kind, form = new FormState(), target = {}, act }) {
    this.app = app;
    this.kind = kind;
    this.form = form;
    this.target = target;
    this.act = act;
    this.places = app.places;
  }

  /** The renderer is handed in so that containers and cards can hold blocks without importing the registry. */
  withBlocks(renderBlock) {
    this.renderBlock = renderBlock;
    return this;
  }

  /** Fetches options of an external select. */
  async suggest(element, blockId, value) {
    const { view_id: view, ts } = this.target;
    const wish = {
      action_id: element.action_id,
      block_id: blockId,
      value,
      view_id: view,
      ts,
      channel: this.target.channel,
    };
    return (await this.app.do("suggest", wish)) ?? { options: [] };
  }
}

/** The surface of one message's blocks. */
export function messageSurface(app, message, form) {
  const target = { channel: message.channel, ts: message.ts, thread_ts: message.thread_ts };
  if (message.ephemeral) target.ephemeral_ts = message.ts;
  return new Surface({ app, kind: "message", form, target, act: (action, state) => app.act(target, action, state) });
}

export function viewSurface(app, view, kind, form) {
  const target = { view_id: view.id };
  return new Surface({ app, kind, form, target, act: (action, state) => app.act(target, action, state) });
}
