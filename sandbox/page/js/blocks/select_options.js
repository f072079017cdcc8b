/** Where a select's options come from, and how its value is written in `state.values`. */

import { channelLabel, nameOf } from "../people.js";

const plainOption = (text, value) => ({ text: { type: "plain_text", text, emoji: true }, value });

function flattened(element) {
  return [...(element.options ?? []), ...(element.option_groups ?? []).flatMap(({ options }) => options)];
}

/** Selects whose value is whole option objects. */
function optionKind(element, many) {
  const one = "selected_option";
  const list = "selected_options";
  return {
    initial: () => (many ? { [list]: element.initial_options ?? [] } : { [one]: element.initial_option ?? null }),
    chosen: (value) => (many ? value[list] : [value[one]].filter(Boolean)),
    value: (chosen) => (many ? { [list]: chosen } : { [one]: chosen[0] ?? null }),
    groups: () => element.option_groups?.map(({ label, options }) => ({
      label: label.text,
      options,
    })) ?? [{ options: flattened(element) }],
    hint: () => "Nothing matches.",
  };
}

function externalKind(element, many) {
  const least = element.min_query_length ?? 3;
  return {
    ...optionKind(element, many),
    external: true,
    least,
    hint: (typed) => (typed.length < least
      ? `Type at least ${least} character${least === 1 ? "" : "s"}.`
      : "Nothing matches."),
  };
}

/** Selects whose value is ids of people or conversations. */
function idKind(element, many, noun, options) {
  const field = many ? `selected_${noun}s` : `selected_${noun}`;
  const initial = many ? element[`initial_${noun}s`] ?? [] : element[`initial_${noun}`] ?? null;
  const known = new Map(options.map((option) => [option.value, option]));
  const byId = (id) => known.get(id) ?? plainOption(id, id);
  return {
    initial: () => ({ [field]: initial }),
    chosen: (value) => (many ? value[field] : [value[field]].filter(Boolean)).map(byId),
    value: (chosen) => ({ [field]: many ? chosen.map(({ value }) => value) : chosen[0]?.value ?? null }),
    groups: () => [{ options }],
    hint: () => "Nothing matches.",
  };
}

function people(store) {
  return [...store.users.values()].map((user) => plainOption(nameOf(user), user.id));
}

function conversations(store, kinds) {
  return [...store.channels.values()].filter(({ kind }) => kinds.includes(kind)).map((channel) => plainOption(
    channelLabel(store, channel),
    channel.id,
  ));
}

export function kindOf(element, { app: { store } }) {
  const many = element.type.startsWith("multi_");
  const base = element.type.replace("multi_", "");
  if (base === "users_select") return idKind(element, many, "user", people(store));
  if (base === "channels_select") return idKind(element, many, "channel", conversations(store, ["public"]));
  if (base === "conversations_select") return idKind(
    element,
    many,
    "conversation",
    conversations(store, ["public", "private", "im", "app"]),
  );
  return base === "external_select" ? externalKind(element, many) : optionKind(element, many);
}

const textOf = (option) => `${option.text?.text ?? ""} ${option.description?.text ?? ""}`.toLowerCase();

function filtered(groups, typed) {
  const wanted = typed.toLowerCase();
  return groups.map((group) => ({
    ...group,
    options: group.options.filter((option) => textOf(option).includes(wanted)),
  })).filter(({ options }) => options.length);
}

/** Groups `{label?, options}` that match what was typed; external selects ask the app. */
export async function loadOptions(kind, element, block, context, typed) {
  if (!kind.external) return filtered(kind.groups(), typed);
  if (typed.length < kind.least) return [];
  const answer = await context.suggest(element, block.block_id, typed);
  if (answer.option_groups?.length) return answer.option_groups.map(({ label, options }) => ({
    label: label.text,
    options,
  }));
  return [{ options: answer.options ?? [] }];
}
