/** The small set of emoji this workspace knows: `:name:` to a character. */

import { el } from "./dom.js";
import { drawing, isDrawn } from "./emoji_art.js";

const GROUPS = {
  "Often used": {
    "+1": "👍", "-1": "👎", heart: "❤️", tada: "🎉", eyes: "👀", rocket: "🚀", white_check_mark: "✅", raised_hands: "🙌",
    clap: "👏", fire: "🔥", pray: "🙏", wave: "👋", joy: "😂", smile: "😄", thinking_face: "🤔", "100": "💯",
  },
  Faces: {
    slightly_smiling_face: "🙂", grinning: "😀", wink: "😉", blush: "😊", sunglasses: "😎", heart_eyes: "😍", sweat_smile: "😅",
    sob: "😭", scream: "😱", confused: "😕", neutral_face: "😐", cry: "😢", rage: "😡", sleeping: "😴", upside_down_face: "🙃",
    robot_face: "🤖", muscle: "💪", ok_hand: "👌", point_right: "👉", point_up: "☝️", crossed_fingers: "🤞", handshake: "🤝",
  },
  Work: {
    movie_camera: "🎥", clapper: "🎬", film_frames: "🎞️", studio_microphone: "🎙️", headphones: "🎧", camera: "📷", memo: "📝",
    page_facing_up: "📄", books: "📚", bookmark: "🔖", file_folder: "📁", paperclip: "📎", bar_chart: "📊", chart_with_upwards_trend: "📈",
    chart_with_downwards_trend: "📉", calendar: "📅", alarm_clock: "⏰", hourglass_flowing_sand: "⏳", stopwatch: "⏱️", bulb: "💡",
    mag: "🔍", link: "🔗", wrench: "🔧", gear: "⚙️", hammer: "🔨", package: "📦", inbox_tray: "📥", outbox_tray: "📤", email: "📧",
    speech_balloon: "💬", loudspeaker: "📢", mega: "📣", bell: "🔔", no_bell: "🔕", pushpin: "📌", moneybag: "💰", credit_card: "💳",
    computer: "💻", floppy_disk: "💾", key: "🔑", shield: "🛡️", lock: "🔒", unlock: "🔓", art: "🎨", dart: "🎯", trophy: "🏆", coffee: "☕",
  },
  Marks: {
    heavy_check_mark: "✔️", x: "❌", warning: "⚠️", exclamation: "❗", question: "❓", information_source: "ℹ️", no_entry: "⛔",
    rotating_light: "🚨", sos: "🆘", star: "⭐", sparkles: "✨", zap: "⚡", boom: "💥", sunny: "☀️", rainbow: "🌈", seedling: "🌱",
    red_circle: "🔴", large_orange_circle: "🟠", large_yellow_circle: "🟡", large_green_circle: "🟢", large_blue_circle: "🔵",
    white_circle: "⚪", black_circle: "⚫", arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️",
    arrows_counterclockwise: "🔄", repeat: "🔁", heavy_plus_sign: "➕", heavy_minus_sign: "➖", double_vertical_bar: "⏸️",
    arrow_forward: "▶️", black_square_for_stop: "⏹️", new: "🆕", up: "🆙", cool: "🆒", ok: "🆗", blue_heart: "💙", green_heart: "💚",
    purple_heart: "💜", broken_heart: "💔", one: "1️⃣", two: "2️⃣", three: "3️⃣", four: "4️⃣", five: "5️⃣",
  },
};

const ALIASES = {
  thumbsup: "+1", thumbsdown: "-1", hourglass: "hourglass_flowing_sand", check: "white_check_mark", cross_mark: "x", thinking: "thinking_face",
  robot: "robot_face", party: "tada", bar: "bar_chart", satellite: "loudspeaker", lightbulb: "bulb", siren: "rotating_light",
};

const CHARACTERS = new Map(Object.values(GROUPS).flatMap((group) => Object.entries(group)));

/** Set once at the start: "drawn" where no font has emoji (see emoji_art.js). */
const drawn = () => document.documentElement.dataset.emoji === "drawn";
const isShown = (name) => !drawn() || isDrawn(canonical(name));

/** Object keys that look like numbers come first by themselves; "100" should not. */
const numbersLast = (one, other) => /^\d/.test(one) - /^\d/.test(other);

export const emojiGroups = () => Object.entries(GROUPS).map(([title, group]) => [
  title,
  Object.keys(group).filter(isShown).sort(numbersLast),
]);
export const canonical = (name) => ALIASES[name] ?? name;
export const emojiCharacter = (name) => CHARACTERS.get(canonical(name.split("::")[0]));

/** A node for `:name:`; an unknown name stays readable as it was typed. */
export function emojiNode(name) {
  const character = emojiCharacter(name);
  if (!character) return el("span.emoji-unknown", {}, `:${name}:`);
  if (!isShown(name)) return el("span.emoji-unknown", { title: character }, `:${name}:`);
  return el(
    "span.emoji",
    { role: "img", "aria-label": `${canonical(name).replaceAll("_", " ")} emoji`, title: `:${name}:` },
    drawn() ? drawing(canonical(name)) : character,
  );
}

/** Names that start with, then names that contain the words typed. */
export function searchEmoji(typed, limit = 8) {
  const wanted = typed.toLowerCase();
  const names = [...CHARACTERS.keys(), ...Object.keys(ALIASES)].filter(isShown);
  const starts = names.filter((name) => name.startsWith(wanted));
  const contains = names.filter((name) => !name.startsWith(wanted) && name.includes(wanted));
  return [...new Set([...starts, ...contains])].slice(0, limit);
}
