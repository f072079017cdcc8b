/** Our own drawings of the commonest emoji, for machines without an emoji font (many servers and containers). 24 by 24. */

import { svg } from "./dom.js";

const SKIN = { fill: "#ffc83d", stroke: "#c98a00", "stroke-width": 1, "stroke-linejoin": "round", "stroke-linecap": "round" };
const FACE = ["circle", { cx: 12, cy: 12, r: 10, fill: "#ffc83d" }];
const INK = { fill: "none", stroke: "#5c3d00", "stroke-width": 1.6, "stroke-linecap": "round", "stroke-linejoin": "round" };
const EYES = [["ellipse", { cx: 8.5, cy: 9.8, rx: 1.3, ry: 1.8, fill: "#5c3d00" }], ["ellipse", { cx: 15.5, cy: 9.8, rx: 1.3, ry: 1.8, fill: "#5c3d00" }]];
const LAUGHING = [["path", { ...INK, d: "M6.6 10.4 8.6 8.600l2 1.800M13.4 10.400l2-1.8 2 1.8" }]];
const OPEN_MOUTH = ["path", { d: "M6.8 13.500h10.400a5.2 5 0 0 1-10.4 0z", fill: "#5c3d00" }];

const line = (d, colour = "#5c3d00", width = 1.6) => ["path", { ...INK, d, stroke: colour, "stroke-width": width }];
const shape = (d, fill) => ["path", { d, fill }];
const dot = (cx, cy, r, fill) => ["circle", { cx, cy, r, fill }];
const box = (x, y, width, height, fill, rx = 1.5) => ["rect", { x, y, width, height, rx, fill }];
const face = (...parts) => [FACE, ...EYES, ...parts];
const disc = (fill) => [dot(12, 12, 9.5, fill)];

/** An open hand: fingers as thick strokes, then the palm, all of it first in the outline's colour. */
function hand(x, tilt) {
  const fingers = `M${x - 3} 13 ${x - 4 + tilt} 5.5M${x - 0.8} 13 ${x - 1 + tilt} 4.8M${x + 1.4} 13 ${x + 2 + tilt} 5.5M${x + 3} 14l2.6-4`;
  const layer = (colour, grow) => [line(fingers, colour, 2.4 + grow), box(x - 4.2 - grow / 2, 11.5 - grow / 2, 7.4 + grow, 8.5 + grow, colour, 3.5)];
  return [...layer("#c98a00", 1.5), ...layer("#ffc83d", 0)];
}

const THUMB_UP = "M8 11 11.5 3.800c1.6 0 2.5 1.1 2.2 2.600L13.2 9.600h5.200c1.2 0 2 1.1 1.8 2.300l-1.2 6c-.3 1.1-1 1.7-2.1 1.700H8zM3.6 11H8v8.600H3.600z";
const HEART = "M12 20.500C5 15.5 2.5 12 2.5 8.500a4.8 4.8 0 0 1 9.5-1.2 4.8 4.8 0 0 1 9.5 1.200c0 3.5-2.5 7-9.5 12z";
const STAR = "m12 2.5 2.9 6.1 6.6.9-4.8 4.6 1.2 6.600L12 17.500l-5.9 3.2 1.2-6.600L2.5 9.500l6.6-.9z";
const SPARK = "M0-6 1.5-1.5 6 0 1.5 1.5 0 6-1.5 1.5-6 0-1.5-1.500z";
const TEAR = (x) => shape(`M${x} 11c2 2.6 2 4.8 0 5.2-2-.4-2-2.6 0-5.200z`, "#4aa8e8");

const ART = {
  "+1": [["path", { ...SKIN, d: THUMB_UP }]],
  "-1": [["path", { ...SKIN, d: THUMB_UP, transform: "rotate(180 12 12)" }]],
  heart: [shape(HEART, "#e8384f")], blue_heart: [shape(HEART, "#3b88fd")], green_heart: [shape(HEART, "#3fa34d")], purple_heart: [shape(HEART, "#9b5de5")],
  tada: [shape("M3 21 8.5 8.500l7 7z", "#f2b134"), shape("m5.2 16 4.6 3.400L7 20.5 3.7 19.300z", "#d9822b"), line("M12 7c1-2 .5-3-.5-4M15 10c2.5-2.5 4-2.5 6-2M14.5 5.500l2-2", "#3b88fd"), dot(19, 12.5, 1.3, "#e8384f"), dot(9, 4.5, 1.2, "#3fa34d"), dot(19.5, 4.5, 1.3, "#9b5de5"), dot(17, 17, 1.1, "#3fa34d")],
  eyes: [["ellipse", { cx: 7.3, cy: 12, rx: 4.5, ry: 6.5, fill: "#fff", stroke: "#555", "stroke-width": 1 }], ["ellipse", { cx: 16.7, cy: 12, rx: 4.5, ry: 6.5, fill: "#fff", stroke: "#555", "stroke-width": 1 }], dot(5.8, 13, 2.3, "#3a2a1a"), dot(15.2, 13, 2.3, "#3a2a1a")],
  rocket: [shape("M21.5 2.500c-6 .3-10.5 3.3-13 9l4 4c5.7-2.5 8.7-7 9-13z", "#cfd8e3"), shape("M8.8 11 4 11.800l3.5-4.6 4-.4zM13 15.200l-.8 4.8 4.6-3.5.4-4z", "#e8384f"), dot(15.5, 8.5, 2.1, "#3b88fd"), shape("M7.5 14.500c-3 .5-4.5 3-4.5 6.5 3.5 0 6-1.5 6.5-4.500z", "#f2b134")],
  white_check_mark: [box(2.5, 2.5, 19, 19, "#3fa34d", 4), line("m7 12.5 3.5 3.500L17.5 8.5", "#fff", 2.6)],
  heavy_check_mark: [line("m4 13 5.5 5.500L20 6", "#444c56", 3)], x: [line("m5 5 14 14M19 5 5 19", "#e8384f", 4)],
  raised_hands: [...hand(7, -0.5), ...hand(17, 0.5)], clap: [...hand(9.5, 1), ...hand(14, 2)], pray: [...hand(10.5, 1), ...hand(13, -0.5)],
  wave: [...hand(11.5, 0), line("M3 8c-.8 1.5-.8 3 0 4.500M20.5 12c1 2 1 4 0 6", "#7aa7d9", 1.5)],
  fire: [shape("M12.5 1.500c.5 4-4.5 6-5.5 10.5-1 5 2 10 6 10s7-4 6-9c-.5-2.5-2-3.5-2.5-5.5-1 .5-1.5 1.5-1.5 3-1.5-2-.5-6-2.5-9z", "#f2702a"), shape("M12.5 12c.5 2-2.5 3-2.5 6 0 2 1 3.5 2.8 3.500s3.2-1.5 3-4c-.2-2-2-3-3.3-5.500z", "#ffd24d")],
  smile: face(OPEN_MOUTH), grinning: face(OPEN_MOUTH), slightly_smiling_face: face(line("M8 14.500c1.8 2.6 6.2 2.6 8 0")), blush: [FACE, ...LAUGHING, line("M8 14.500c1.8 2.6 6.2 2.6 8 0"), dot(5.8, 13.5, 1.6, "#f79a6b"), dot(18.2, 13.5, 1.6, "#f79a6b")],
  joy: [FACE, ...LAUGHING, OPEN_MOUTH, TEAR(3.8), TEAR(20.2)], sweat_smile: [FACE, ...LAUGHING, OPEN_MOUTH, shape("M20 1.500c2 3 2.5 5 0 5.5-2.5-.5-2-2.5 0-5.500z", "#4aa8e8")],
  wink: [FACE, EYES[0], line("M13.8 10h3.6"), line("M8 14.500c1.8 2.6 6.2 2.6 8 0")], neutral_face: face(line("M8 15.500h8")), confused: face(line("M8.5 16.500c2-1.8 4-1.8 6.5-1.2")), cry: face(line("M8.5 17c1.8-2.4 5.2-2.4 7 0"), TEAR(7)), sob: [FACE, ...LAUGHING, line("M8 18c1.8-3.4 6.2-3.4 8 0"), TEAR(6), TEAR(18)],
  thinking_face: face(line("M9 16h5"), line("M6.5 6.800c1-.8 2.3-1 3.5-.5M14 5.500c1.2-.4 2.5-.1 3.5.8"), ["path", { ...SKIN, d: "M5 22c-1.5-2.5-.5-4 1-4l5-1c1.5-.2 1.8 1.8.3 2.100L9.5 19.500c1.5.5 1.5 2.5-.5 2.500z" }]),
  sunglasses: [FACE, shape("M4 8h16v2.500a3.5 3.5 0 0 1-7 .5h-2a3.5 3.5 0 0 1-7-.5z", "#2d2d33"), line("M8 15.500c1.8 2 6.2 2 8 0")], heart_eyes: [FACE, ["path", { d: HEART, fill: "#e8384f", transform: "translate(3.8 5.5) scale(.37)" }], ["path", { d: HEART, fill: "#e8384f", transform: "translate(11.2 5.5) scale(.37)" }], OPEN_MOUTH],
  robot_face: [box(4, 6.5, 16, 14, "#9fb3c8", 4), line("M12 6.500V3", "#6b7f95", 1.6), dot(12, 2.6, 1.5, "#e8384f"), dot(8.7, 12, 2.1, "#fff"), dot(15.3, 12, 2.1, "#fff"), dot(8.7, 12, 1, "#2d3a4a"), dot(15.3, 12, 1, "#2d3a4a"), box(8, 16, 8, 2, "#4d5f73", 1)],
  100: [line("M3 10.5 5.5 8v9M10 8c-2.5 0-3 8.5 0 8.500s2.5-8.5 0-8.500zM17.5 7.500c-2.5 0-3 8.5 0 8.500s2.5-8.5 0-8.500z", "#e8384f", 2), line("M4 21c5-1.5 10-2 16-2", "#e8384f", 1.8)],
  warning: [shape("M12 2.5 22.5 21h-21z", "#f2b134"), line("M12 9v5.500M12 17.700v.1", "#3a2a1a", 2.2)], exclamation: [line("M12 4v10M12 19v.2", "#e8384f", 4)], question: [line("M8 8.500c0-6 8.5-5.5 8.5-.5 0 3.5-4.5 3.5-4.5 7M12 19.500v.2", "#e8384f", 3.2)],
  information_source: [box(2.5, 2.5, 19, 19, "#3b88fd", 4), line("M12 11v6M12 7.200v.1", "#fff", 2.6)], no_entry: [...disc("#e8384f"), box(6, 10.5, 12, 3, "#fff", 1)], rotating_light: [shape("M6 17v-4a6 6 0 0 1 12 0v4z", "#e8384f"), box(4, 17, 16, 4, "#59636e"), line("M12 1.500v2.500M4 5l1.8 1.800M20 5l-1.8 1.8", "#f2b134", 2)],
  star: [shape(STAR, "#f2b134")], sparkles: [["path", { d: SPARK, fill: "#f2b134", transform: "translate(10 13) scale(1.3)" }], ["path", { d: SPARK, fill: "#f2b134", transform: "translate(19 5.5) scale(.6)" }], ["path", { d: SPARK, fill: "#f2b134", transform: "translate(19 19) scale(.5)" }]], zap: [shape("M14 1.5 4.5 13.500H11l-1.5 9 10-12.500H13z", "#f2b134")],
  bulb: [shape("M12 2a7 7 0 0 1 4.5 12.300c-.9.8-1 1.7-1 2.700h-7c0-1-.1-1.9-1-2.700A7 7 0 0 1 12 2z", "#ffd24d"), box(8.8, 17.8, 6.4, 4.2, "#8a94a0", 1.5)], memo: [box(3.5, 2.5, 14, 19, "#eef1f4"), line("M6.5 7h8M6.5 10.500h8M6.5 14h5", "#9aa5b1", 1.4), shape("m20.5 7.5 2 2-8.5 9-3 1 1-3z", "#f2b134")],
  movie_camera: [dot(7, 6.5, 4, "#59636e"), dot(14.5, 6.5, 4, "#59636e"), box(2.5, 10.5, 14, 10.5, "#444c56", 2), shape("m17 14 5-3v9.500l-5-3z", "#59636e")], clapper: [box(2.5, 10, 19, 11.5, "#2d333b", 2), shape("M2.8 9.5 20.5 4.500l.8 3L3.5 12z", "#444c56"), line("M6.5 8.5 9 11M11.5 7l2.5 2.500M16.5 5.7 19 8.2", "#fff", 1.6), shape("m10 13.5 5 2.7-5 2.700z", "#fff")],
  film_frames: [box(2.5, 4, 19, 16, "#2d333b"), box(6.5, 7, 11, 10, "#9fc5e8", 1), line("M4.5 7v.1M4.5 12v.1M4.5 17v.1M19.5 7v.1M19.5 12v.1M19.5 17v.1", "#fff", 1.8)], headphones: [line("M4 15v-2.500a8 8 0 0 1 16 0V15", "#444c56", 2.4), box(2.5, 13, 5, 8, "#59636e", 2.5), box(16.5, 13, 5, 8, "#59636e", 2.5)], studio_microphone: [box(8.5, 2, 7, 12, "#8a94a0", 3.5), line("M5.5 11c0 8.5 13 8.5 13 0M12 17.500V21M8.5 21.500h7", "#59636e", 1.8)],
  inbox_tray: [shape("M2 14h6l1.5 3h5l1.5-3h6v7H2z", "#8c98a4"), line("M12 3v8M8.5 8 12 11.500 15.5 8", "#3b88fd", 2.4)],
  page_facing_up: [shape("M5 2h9.500L19.5 7v15H5z", "#eef1f4"), shape("M14.5 2v5h5z", "#c5ced8"), line("M8 11h8M8 14.500h8M8 18h5", "#9aa5b1", 1.4)], books: [box(3, 4, 5, 17, "#e8384f"), box(8.5, 4, 5, 17, "#3fa34d"), ["rect", { x: 14, y: 4, width: 5, height: 17, rx: 1.5, fill: "#3b88fd", transform: "rotate(-8 16 12)" }]], file_folder: [shape("M2.5 5h7l2 2.500h10V20h-19z", "#e0a732"), shape("M2.5 10h19v10h-19z", "#f2c14e")], paperclip: [line("m19 10.5-8 8a5 5 0 0 1-7-7l8.5-8.500a3.3 3.3 0 0 1 4.7 4.700l-8.5 8.500a1.6 1.6 0 0 1-2.3-2.300l7.5-7.5", "#8a94a0", 1.8)],
  bar_chart: [box(2, 2, 20, 20, "#eef1f4", 3), box(5, 10, 3.6, 9, "#3fa34d", 0.5), box(10.2, 5, 3.6, 14, "#e8384f", 0.5), box(15.4, 12.5, 3.6, 6.5, "#3b88fd", 0.5)], chart_with_upwards_trend: [box(2, 2, 20, 20, "#eef1f4", 3), line("m4.5 18 5-5 3.5 2.5 6-8.500M14.5 7H19v4.5", "#e8384f", 1.9)], chart_with_downwards_trend: [box(2, 2, 20, 20, "#eef1f4", 3), line("m4.5 7 5 5 3.5-2.5 6 8.500M14.5 18H19v-4.5", "#3b88fd", 1.9)],
  calendar: [box(2.5, 3.5, 19, 18, "#eef1f4", 3), shape("M2.5 9V6.500a3 3 0 0 1 3-3h13a3 3 0 0 1 3 3V9z", "#e8384f"), line("M7 13h.1M12 13h.1M17 13h.1M7 17.500h.1M12 17.500h.1", "#59636e", 2.4)], alarm_clock: [dot(12, 13, 8.5, "#e8384f"), dot(12, 13, 6.3, "#fff"), line("M12 9v4.300l2.8 1.700M4 5.5 6.5 3.500M20 5.500l-2.5-2", "#444c56", 1.6)], stopwatch: [dot(12, 13.5, 8.5, "#8a94a0"), dot(12, 13.5, 6.3, "#fff"), line("M12 9.500v4M12 2v3M9.5 2h5", "#444c56", 1.7)], hourglass_flowing_sand: [shape("M5.5 2.500h13v2c0 4-4 5-4 7.500s4 3.5 4 7.500v2h-13v-2c0-4 4-5 4-7.500s-4-3.5-4-7.500z", "#cfe3f5"), shape("M8 6h8c-1 2-4 3-4 5 0-2-3-3-4-5zM7.5 20c0-3 4.5-2.5 4.5-5 0 2.5 4.5 2 4.5 5z", "#e0a732"), line("M5 2.500h14M5 21.500h14", "#8a5a2b", 2)],
  mag: [dot(10, 10, 6.7, "#cfe3f5"), line("M10 3.300a6.7 6.7 0 1 0 0 13.4 6.7 6.7 0 0 0 0-13.400M15 15l6 6", "#59636e", 2.2)], link: [line("M10 14a4 4 0 0 0 6 .4l3.5-3.500a4 4 0 0 0-5.7-5.700L12.5 6.500M14 10a4 4 0 0 0-6-.4l-3.5 3.500a4 4 0 0 0 5.7 5.700l1.3-1.3", "#8a94a0", 2.2)], gear: [line("M12 2.500v19M2.5 12h19M5.3 5.300l13.4 13.400M18.7 5.3 5.3 18.7", "#8a94a0", 3), dot(12, 12, 6.5, "#8a94a0"), dot(12, 12, 2.8, "#eef1f4")],
  package: [shape("M3 7 12 2.5 21 7v10.500L12 22l-9-4.500z", "#c58b4a"), shape("M3 7l9 4.500L21 7l-9-4.500z", "#dba968"), line("M12 11.500V22M7.5 4.800l9 4.500V13", "#8a5a2b", 1.2)], email: [box(2, 4.5, 20, 15, "#eef1f4", 2), line("m3 6.5 9 7 9-7", "#8a94a0", 1.6)], speech_balloon: [shape("M3 4.500h18v12h-9L7 21v-4.500H3z", "#cfd8e3"), dot(8, 10.5, 1.3, "#59636e"), dot(12, 10.5, 1.3, "#59636e"), dot(16, 10.5, 1.3, "#59636e")], bell: [shape("M12 2.500c4 0 6 3 6 7v5l2.5 3.500h-17L6 14.500v-5c0-4 2-7 6-7z", "#f2b134"), dot(12, 20, 2, "#c98a00")], loudspeaker: [shape("M3 9.500h4L17 4v16L7 14.500H3z", "#8a94a0"), line("M20 9c1.2 2 1.2 4 0 6", "#e8384f", 1.8)], mega: [shape("M3 10 18 4.500v14L3 14.500z", "#e8384f"), line("M6.5 15.500V20h3v-3.8", "#8a94a0", 1.8)], pushpin: [dot(14.5, 8, 5, "#e8384f"), line("M11 12 4.5 20", "#8a94a0", 1.8)],
  moneybag: [shape("M9 3h6l-1.5 4C18 9.5 21 13.5 20 18c-.5 2.5-2.5 3.5-8 3.500S4.5 20.5 4 18c-1-4.5 2-8.5 6.5-11z", "#e0b24a"), line("M14 12.500c-3-1.5-5 2-2 2.500s2 4-2 2.500M12 11v8.5", "#7a5200", 1.4)], credit_card: [box(2, 5, 20, 14, "#3b88fd", 2.5), box(2, 8.5, 20, 3, "#1f3a68", 0), box(5, 14.5, 5, 1.8, "#fff", 0.5)], computer: [box(4, 4, 16, 11.5, "#59636e"), box(5.5, 5.5, 13, 8.5, "#9fc5e8", 0.5), box(2, 17, 20, 2.5, "#8a94a0", 1.2)], floppy_disk: [box(3, 3, 18, 18, "#3a4a63", 2), box(7, 3, 10, 6.5, "#cfd8e3", 0.5), box(6.5, 12.5, 11, 8.5, "#eef1f4", 0.5)], key: [line("M10.5 13.5 20 4M16.5 7.500l3 3M14 10l2.5 2.5", "#e0a732", 2.2), dot(7.5, 16.5, 4.5, "#e0a732"), dot(6.8, 17.2, 1.5, "#fff")], shield: [shape("M12 2 20.5 5v6.500c0 5-3.5 8.5-8.5 10.5-5-2-8.5-5.5-8.5-10.500V5z", "#3b88fd")], lock: [line("M7.5 11V7.500a4.5 4.5 0 0 1 9 0V11", "#8a94a0", 2.2), box(4.5, 10.5, 15, 11, "#e0a732", 2.5)], dart: [dot(12, 12, 9.5, "#e8384f"), dot(12, 12, 6.3, "#fff"), dot(12, 12, 3.2, "#e8384f")], trophy: [shape("M7 3h10v5c0 4-2 6.5-5 6.500S7 12 7 8z", "#f2b134"), line("M7 5H3.500c0 4 1.5 5.5 4 5.500M17 5h3.500c0 4-1.5 5.5-4 5.500M12 14.500V19M8 21h8", "#c98a00", 1.8)], coffee: [box(4, 9, 12.5, 9, "#eef1f4", 3), line("M16.5 11h2a2.2 2.2 0 0 1 0 4.500h-2", "#b8c2cc", 1.7), line("M8 3c-1 1.5 1 2.5 0 4M12 3c-1 1.5 1 2.5 0 4", "#9aa5b1", 1.4), box(3, 19.5, 15, 1.8, "#b8c2cc", 0.9)],
  red_circle: disc("#e8384f"), large_orange_circle: disc("#f2702a"), large_yellow_circle: disc("#f2b134"), large_green_circle: disc("#3fa34d"), large_blue_circle: disc("#3b88fd"), white_circle: [["circle", { cx: 12, cy: 12, r: 9, fill: "#fff", stroke: "#b8c2cc", "stroke-width": 1.5 }]], black_circle: disc("#2d333b"),
  heavy_plus_sign: [line("M12 4v16M4 12h16", "#59636e", 3.4)], heavy_minus_sign: [line("M4 12h16", "#59636e", 3.4)], arrow_right: [box(2.5, 2.5, 19, 19, "#3b88fd", 4), line("M6.5 12h11M13 7.500l4.5 4.5-4.5 4.5", "#fff", 2.2)], arrows_counterclockwise: [box(2.5, 2.5, 19, 19, "#3b88fd", 4), line("M17.5 9.500A6 6 0 0 0 7 8.500M6.5 14.500A6 6 0 0 0 17 15.500M7 5.500v3.300h3.200M17 18.500v-3.300h-3.2", "#fff", 1.8)],
};

export const isDrawn = (name) => Object.hasOwn(ART, name);

export function drawing(name) {
  return svg("svg", { viewBox: "0 0 24 24", width: "1em", height: "1em", class: "emoji-art", "aria-hidden": "true" }, ART[name].map(([tag, attributes]) => svg(tag, attributes)));
}

/** Whether this browser has coloured emoji glyphs. */
export function hasEmojiFont() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 24;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.font = "20px sans-serif";
  context.fillText("😀", 0, 20);
  const { data } = context.getImageData(0, 0, 24, 24);
  return data.some((value, index) => index % 4 < 2 && data[index - (index % 4) + 3] > 40 && Math.abs(value - data[index + 1]) > 30);
}
