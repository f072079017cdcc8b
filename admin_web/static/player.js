// Playing, and the line that is being said.
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const HANDS_OFF = 4000; // milliseconds after a reader scrolled by hand in which the list is left alone

export function follow(player, lines) {
  const said = timed(lines?.querySelectorAll("li[data-start]"));
  const chapters = timed(document.querySelectorAll(".chapters a[data-start]"));
  let current = null;
  let chapter = null;
  let touched = -HANDS_OFF;

  function jump(seconds) {
    player.currentTime = Math.max(0, seconds);
    touched = -HANDS_OFF;
    show();
  }

  function show() {
    const now = player.currentTime;
    const line = at(said, now);
    if (line !== current) {
      mark(current, line);
      current = line;
      if (line && performance.now() - touched > HANDS_OFF) reveal(lines, line.element);
    }
    const part = at(chapters, now);
    if (part !== chapter) {
      mark(chapter, part);
      chapter = part;
    }
  }

  function step(by) {
    const next = said[Math.min(said.length - 1, Math.max(0, (current ? said.indexOf(current) : by > 0 ? -1 : 0) + by))];
    if (next) jump(next.start);
  }

  for (const { element, start } of [...said, ...chapters, ...timed(document.querySelectorAll(".sheet a"))]) {
    element.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (getSelection().isCollapsed) jump(start);
    });
  }
  for (const name of ["wheel", "touchmove"]) {
    lines?.addEventListener(name, () => (touched = performance.now()), { passive: true });
  }
  player.addEventListener("timeupdate", show);
  player.addEventListener("seeked", show);
  player.addEventListener("error", () => tellTrouble(player));
  player.addEventListener("loadeddata", () => (document.getElementById("trouble").hidden = true));
  start(player, jump);

  const move = (by) => () => jump(Math.min(player.currentTime + by, player.duration || Infinity));
  const toggle = () => (player.paused ? player.play().catch(() => tellTrouble(player)) : player.pause());
  const keys = [
    [" ", toggle], ["k", toggle],
    ["j", move(-10)], ["l", move(10)], ["ArrowLeft", move(-5)], ["ArrowRight", move(5)],
    ["m", () => (player.muted = !player.muted)], ["c", () => captions(player)], ["f", () => fullScreen(player)],
    ...(said.length ? [["ArrowUp", () => step(-1)], ["ArrowDown", () => step(1)]] : []),
  ];
  return { keys, jump };
}

// Where the address says, as soon as the film has a length to be at some place of.
function start(player, jump) {
  const wanted = Number(player.dataset.at);
  if (!player.dataset.at || !Number.isFinite(wanted)) return;
  if (player.readyState >= HTMLMediaElement.HAVE_METADATA) jump(wanted);
  else player.addEventListener("loadedmetadata", () => jump(wanted), { once: true });
}

function timed(elements) {
  return [...(elements ?? [])].map((element) => ({
    element, start: Number(element.dataset.start), end: Number(element.dataset.end),
  }));
}

// The last that has begun; it stays the current one through a pause, until the next.
function at(parts, now) {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (parts[middle].start <= now + 0.05) low = middle + 1;
    else high = middle;
  }
  return parts[low - 1] ?? null;
}

function mark(before, now) {
  before?.element.removeAttribute("aria-current");
  now?.element.setAttribute("aria-current", "true");
}

export function reveal(list, element) {
  const room = list.getBoundingClientRect();
  const place = element.getBoundingClientRect();
  const scrolls = list.scrollHeight > list.clientHeight + 1;
  if (!scrolls || (place.top >= room.top + room.height * 0.1 && place.bottom <= room.bottom - room.height * 0.25)) return;
  const top = list.scrollTop + place.top - room.top - room.height / 3;
  list.scrollTo({ top, behavior: STILL.matches ? "auto" : "smooth" });
}

function captions(player) {
  const track = player.textTracks[0];
  if (track) track.mode = track.mode === "showing" ? "hidden" : "showing";
}

function fullScreen(player) {
  if (document.fullscreenElement) document.exitFullscreen();
  else player.requestFullscreen?.();
}

async function tellTrouble(player) {
  const told = document.getElementById("trouble");
  told.textContent = await reason(player.currentSrc || player.src);
  told.hidden = false;
}

async function reason(address) {
  try {
    const answer = await fetch(address, { method: "HEAD" });
    if (answer.ok) return "This browser cannot play this kind of file. The link above saves it.";
    if (answer.status === 403 || answer.status === 410) return "Your visit has run out. Open it once more from Slack.";
    if (answer.status === 404) return "It is no longer there for you.";
  } catch {
    // no answer at all: said below
  }
  return "The file does not come through just now. Try again in a minute.";
}
