// Searching inside the words that are shown.
import { reveal } from "./player.js";

export function searchIn(lines, playing) {
  const form = document.getElementById("search");
  const query = document.getElementById("query");
  const count = document.getElementById("count");
  const buttons = [document.getElementById("previous"), document.getElementById("next")];
  const texts = [...lines.querySelectorAll(".said")].map((element) => ({ element, text: element.textContent }));
  let found = [];
  let at = -1;

  function search() {
    const pattern = patternOf(query.value);
    for (const one of texts) show(one, pattern);
    found = [...lines.querySelectorAll("mark")];
    at = -1;
    for (const button of buttons) button.disabled = found.length === 0;
    if (found.length) go(1);
    else count.textContent = pattern ? "none" : "";
  }

  function go(by) {
    if (!found.length) return;
    found[at]?.classList.remove("here");
    at = (at + by + found.length) % found.length;
    found[at].classList.add("here");
    count.textContent = `${at + 1} of ${found.length}`;
    reveal(lines, found[at]);
    if (lines.scrollHeight <= lines.clientHeight + 1) found[at].scrollIntoView({ block: "center" });
  }

  query.addEventListener("input", search);
  query.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && query.value === "") query.blur();
    if (event.key !== "Enter") return;
    event.preventDefault();
    go(event.shiftKey ? -1 : 1);
  });
  buttons[0].addEventListener("click", () => go(-1));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(1);
  });
}

// Words as typed, with any space between them; letters large or small.
function patternOf(typed) {
  const words = typed.trim().split(/\s+/).filter(Boolean);
  if (!words.length) return null;
  return new RegExp(words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("\\s+"), "giu");
}

function show({ element, text }, pattern) {
  const parts = pattern ? marked(text, pattern) : [text];
  if (parts.length > 1 || element.childElementCount) element.replaceChildren(...parts);
}

function marked(text, pattern) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const mark = document.createElement("mark");
    mark.textContent = match[0];
    parts.push(text.slice(from, match.index), mark);
    from = match.index + match[0].length;
  }
  return [...parts, text.slice(from)];
}
