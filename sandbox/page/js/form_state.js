/** What stands in the inputs of one view or message, as Slack's `state.values`; `marks` are this window's own. */

export class FormState {
  constructor() {
    this.blocks = new Map();
    this.marks = new Map();
  }

  /** Announces an element; a value already held for the same block and action is kept and returned. */
  register(blockId, actionId, initial) {
    const block = this.blocks.get(blockId) ?? new Map();
    this.blocks.set(blockId, block);
    if (!block.has(actionId) || block.get(actionId).type !== initial.type) block.set(actionId, initial);
    return block.get(actionId);
  }

  set(blockId, actionId, value) {
    const block = this.blocks.get(blockId);
    block.set(actionId, { ...block.get(actionId), ...value });
  }

  get(blockId, actionId) {
    return this.blocks.get(blockId)?.get(actionId);
  }

  /** Forgets elements that are no longer shown. */
  keepOnly(blocks) {
    const ids = new Set(blocks.map((block) => block.block_id));
    for (const id of this.blocks.keys()) if (!ids.has(id)) this.blocks.delete(id);
  }

  toJSON() {
    const values = {};
    for (const [blockId, block] of this.blocks) values[blockId] = Object.fromEntries(block);
    return { values };
  }
}

const isEmail = (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
const isUrl = (text) => /^https?:\/\/\S+\.?\S+/i.test(text);

const EMPTY_KEYS = [
  "value",
  "selected_option",
  "selected_date",
  "selected_time",
  "selected_date_time",
  "selected_user",
  "selected_conversation",
  "selected_channel",
  "rich_text_value",
];
const LIST_KEYS = ["selected_options", "selected_users", "selected_conversations", "selected_channels", "files"];

export function isEmpty(value) {
  if (EMPTY_KEYS.some((key) => key in value && value[key] !== null && value[key] !== "")) return false;
  return !LIST_KEYS.some((key) => value[key]?.length);
}

function numberFault(element, text) {
  const number = Number(text);
  if (Number.isNaN(number)) return "Enter a number.";
  if (!element.is_decimal_allowed && !Number.isInteger(number)) return "Enter a whole number.";
  if (element.min_value !== undefined &&
    number < Number(element.min_value)) return `Enter a number of ${element.min_value} or more.`;
  if (element.max_value !== undefined &&
    number > Number(element.max_value)) return `Enter a number of ${element.max_value} or less.`;
  return null;
}

function textFault(element, text) {
  if (element.type === "number_input") return numberFault(element, text);
  if (element.type === "email_text_input" && !isEmail(text)) return "Enter a valid email address.";
  if (element.type === "url_text_input" && !isUrl(text)) return "Enter a valid URL.";
  if (element.min_length &&
    text.length < element.min_length) return `Enter at least ${element.min_length} characters.`;
  if (element.max_length &&
    text.length > element.max_length) return `Enter at most ${element.max_length} characters.`;
  return null;
}

/** What is wrong with a view's inputs, `{block_id: text}`: Slack checks these before the app hears of it. */
export function faultsOf(blocks, form) {
  const faults = {};
  for (const block of blocks.filter(({ type }) => type === "input")) {
    const value = form.get(block.block_id, block.element.action_id);
    if (!value || isEmpty(value)) {
      if (!block.optional) faults[block.block_id] = "Please complete this required field.";
      continue;
    }
    const fault = typeof value.value === "string" ? textFault(block.element, value.value) : null;
    if (fault) faults[block.block_id] = fault;
  }
  return faults;
}
