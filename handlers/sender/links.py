"""Links in a model's text: shown for what they are, or not links any more."""

from __future__ import annotations

import re
from dataclasses import replace

from handlers.sender import targets
from handlers.sender.addresses import AddressFilter, shows_address
from handlers.sender.fences import Fences
from handlers.sender.held import Kind, Rewriter, Step
from handlers.sender.signs import JOINER
from services.ports.presenter import Sources

_LONGEST_TEXT = 1000
_LONGEST_TARGET = 2500
_LONGEST_SPAN = 400
_LONGEST_FENCE_LINE = 300
_LONGEST_LEAD = 60

_ANGLES = str.maketrans("<>", "‹›")  # `<target>` inside a link's text would be a link of its own
_LEAD = re.compile(r"[ \t>*+\-0-9.)]*")
_TICKS = re.compile("`+")
_INNER = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_PAIRED = re.compile(r"[^`]*(?:`[^`]+`[^`]*)*")
_SCHEMED = re.compile(r"<[ \t]*([a-z][a-z0-9+.-]{1,20}):(?!:)", re.IGNORECASE)
_SCHEMED_BEGUN = re.compile(r"<[ \t]*(?:[a-z][a-z0-9+.-]{0,20})?:?", re.IGNORECASE)


class Links(Rewriter):
    """Outside code: images become links, bad schemes plain text, a link whose text names another host
    shows its target. Everywhere: only addresses that `sources` allows."""

    special = re.compile(r"[`\[\]!<\n]")

    def __init__(self, sources: Sources) -> None:
        super().__init__()
        self._sources = sources
        self._addresses = AddressFilter(sources)
        self._fences = Fences()
        self._fresh = True  # at the beginning of a line that was not looked at yet
        self._bracketed = False  # the line begins with a bracket: perhaps a link definition
        self._loose = False  # a backtick of this paragraph has no partner yet and may find one later

    def close(self) -> str:
        return super().close() + self._addresses.close()

    def _emit(self, step: Step) -> str:
        return self._addresses.take(step)

    def _next(self, text: str, at: int, *, final: bool) -> Step | None:
        if self._fresh:
            return self._line(text, at, final=final)
        if self._fences.inside:
            return self._code(text, at)
        return super()._next(text, at, final=final)

    def _line(self, text: str, at: int, *, final: bool) -> Step | None:
        """Decide from a line's first sign whether it has to be seen whole: only fences have."""
        lead = _LEAD.match(text, at, at + _LONGEST_LEAD)
        first = lead.end() if lead else at
        if first == len(text) and first < at + _LONGEST_LEAD and not final:
            return None
        sign = text[first : first + 1]
        if sign in ("`", "~"):
            return self._whole_line(text, at, first, final=final)
        if self._fences.inside:
            self._fences.line(text[at : first + 1].rstrip("\n"))
        return self._begin(sign, at)

    def _whole_line(self, text: str, at: int, first: int, *, final: bool) -> Step | None:
        stop, limit = _line_end(text, first), first + _LONGEST_FENCE_LINE
        if stop == len(text) and stop < limit and not final:
            return None
        if stop >= limit:
            self._fences.doubt()
        elif self._fences.line(text[at:stop]):
            self._fresh = self._loose = False
            return Step(text[at:stop], stop, Kind.CODE)
        return self._begin("`", at)

    def _begin(self, first: str, at: int) -> Step:
        """The rest of the line goes by the rules inside lines."""
        self._fresh, self._bracketed = False, first == "["
        return Step("", at)

    def _code(self, text: str, at: int) -> Step:
        end = _line_end(text, at)
        self._fresh = end < len(text)
        end += self._fresh
        return Step(text[at:end], end, Kind.CODE)

    def _decide(self, text: str, at: int, *, final: bool) -> Step | None:
        match text[at]:
            case "\n":
                self._fresh = True
                self._loose = self._loose and not self._left(text, at).endswith("\n")
                return Step("\n", at + 1)
            case "`":
                return self._span(text, at, final=final)
            case "<":
                return self._angle(text, at, final=final)
            case "]":
                return self._close(text, at, final=final)
            case _:
                return self._bracket(text, at, final=final)

    def _span(self, text: str, at: int, *, final: bool) -> Step | None:
        """Inline code is left alone, if it ends on its line and no parser could see it otherwise."""
        ticks = _TICKS.match(text, at)
        end = ticks.end() if ticks else at + 1
        if end == len(text) and not final:
            return None
        if self._loose or self._left(text, at).endswith("\\"):
            self._loose = True
            return Step(text[at:end], end)
        stop, limit = _line_end(text, end), end + _LONGEST_SPAN
        for other in _TICKS.finditer(text, end, min(stop, limit)):
            if other.end() == len(text) and not final:
                return None
            if len(other.group()) == end - at and other.end() < limit:
                return Step(text[at : other.end()], other.end(), Kind.CODE)
        if stop == len(text) and stop < limit and not final:
            return None
        self._loose = True
        return Step(text[at:end], end)

    def _close(self, text: str, at: int, *, final: bool) -> Step | None:
        """A bracket that closed no link we understood must not close one that Slack does."""
        if at + 1 == len(text) and not final:
            return None
        follows = text[at + 1 : at + 2]
        apart = follows == "(" or (follows == ":" and self._bracketed)
        return Step("] " if apart else "]", at + 1)

    def _bracket(self, text: str, at: int, *, final: bool) -> Step | None:
        """`[text](target)` or `![text](target)`."""
        image = text[at] == "!"
        opens = at + image
        if opens == len(text) and not final:
            return None
        if text[opens : opens + 1] != "[":
            return Step(text[at], at + 1)
        close = _matching(text, opens, "[]", _LONGEST_TEXT, final=final)
        if close is None:
            return None
        if close < 0 or (close + 1 >= len(text) and final) or text[close + 1 : close + 2] not in ("(", ""):
            return Step(text[at : opens + 1], opens + 1)
        end = (
            _matching(text, close + 1, "()", _LONGEST_TARGET, final=final) if close + 1 < len(text) else None
        )
        if end is None:
            return None
        if end < 0:
            return Step(text[at : opens + 1], opens + 1)
        shown, target = text[opens + 1 : close], text[close + 2 : end]
        step = self._link(shown, target, end + 1, image=image) or Step(text[at : end + 1], end + 1)
        escaped = self._left(text, at).endswith("\\")
        return replace(step, text=JOINER + step.text) if escaped and step.kind is Kind.LINK else step

    def _angle(self, text: str, at: int, *, final: bool) -> Step | None:
        """`<target>` and Slack's own `<target|text>`."""
        begun = _SCHEMED_BEGUN.match(text, at)
        if begun is not None and begun.end() >= len(text) - 1 and not final:
            return None
        schemed = _SCHEMED.match(text, at)
        if schemed is None or schemed.group(1).lower() not in targets.KNOWN:
            return Step("<", at + 1)
        limit = at + _LONGEST_TARGET
        end = min((i for i in (text.find(c, at + 1, limit) for c in ">\n<") if i >= 0), default=-1)
        if end < 0:
            return Step("‹", at + 1) if final or len(text) >= limit else None
        if text[end] != ">":
            return Step("‹", at + 1)
        target, _, shown = text[at + 1 : end].partition("|")
        return self._link(shown, target, end + 1) or Step("", end + 1)

    def _link(self, label: str, destination: str, end: int, *, image: bool = False) -> Step | None:
        """The link as it may stand; None when it is no link at all, only looks like one."""
        target = _without_title(destination)
        shown = _reduced(label) or ("image" if image else "")
        if not targets.scheme_of(target) and not target.startswith("//"):
            beside = _schemeless(shown, target)
            return None if beside is None else Step(beside, end)
        safe = targets.safe_target(target)
        if safe is None:
            return Step(_plain(shown or target), end)
        if not self._sources.allows(target):
            return Step("" if shows_address(shown) or not shown else f"{_plain(shown)} ", end, denied=safe)
        if not shown or not targets.is_honest(shown, safe):
            return Step(f"<{safe}>", end, Kind.LINK) if not shown else Step(f"{_plain(shown)} ({safe})", end)
        if shows_address(shown) and not self._sources.allows(shown):
            return Step(f"<{safe}>", end, Kind.LINK)
        return Step(f"[{shown}]({safe})", end, Kind.LINK)


def _schemeless(shown: str, target: str) -> str | None:
    """`handlers[name](event)` stays; what could be taken for a web address is shown beside its text."""
    if targets.looks_like_host(target) or not targets.is_honest(shown, ""):
        return f"{_plain(shown)} ({_plain(target).strip(JOINER)})"
    return None


def _without_title(destination: str) -> str:
    stripped = destination.strip()
    if stripped.startswith("<"):
        return stripped[1:].partition(">")[0]
    return stripped.split(maxsplit=1)[0] if stripped else ""


def _reduced(shown: str) -> str:
    """A link's text on one line, without links inside."""
    while (inner := _INNER.sub(r"\1", shown)) != shown:
        shown = inner
    if not _PAIRED.fullmatch(shown):
        shown = shown.replace("`", "")
    return " ".join(shown.replace("](", "] (").translate(_ANGLES).split())


def _plain(text: str) -> str:
    """Text that can be no part of a link, whatever stands around it."""
    return JOINER + re.sub(r"[\[\]<>|]", "", text).rstrip("\\")  # which would escape what follows


def _matching(text: str, opens: int, pair: str, limit: int, *, final: bool) -> int | None:
    """Where the bracket at `opens` closes; -1 if nowhere near, None while that is open."""
    depth = 0
    for at in range(opens, min(opens + limit, len(text))):
        char = text[at]
        if char == "\n" and text[at + 1 : at + 2] == "\n":
            return -1
        depth += (char == pair[0]) - (char == pair[1])
        if depth == 0:
            return at
    return -1 if final or len(text) > opens + limit else None


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found
