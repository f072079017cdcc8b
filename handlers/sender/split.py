"""Where a long answer may be cut into messages, and what makes each piece stand on its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

CLOSING = 16  # room kept for closing a fence
MOST_REPEATED = 1_000  # characters of a table's header
LIMIT = 11_000  # characters of one message, what is put around it included; Slack fails near 13,200

_FENCE = re.compile(
    r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<ticks>`{3,12}|~{3,12})(?!`)(?P<info>[^`\n]*)$"
)
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_BLOCK = re.compile(r"#{1,6} |>|(?:[-*_][ \t]*){3,}$")
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")

# How good a place between two lines is to end a message.
_IN_CODE, _LINE, _ITEMS, _BLOCKS = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Around:
    """What a piece needs so that it stands alone: `close` ends it, `reopen` begins the next one."""

    close: str = ""
    reopen: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    end: int  # in the text
    rank: int  # of a cut behind this line
    around: Around


@dataclass(frozen=True, slots=True)
class Piece:
    """`text[start:end]`, and what is shown of it: `shown` may begin and end with repeated mark-up."""

    start: int
    end: int
    shown: str


class _Scan:
    """Walks the lines of a piece and knows the open fence or table."""

    def __init__(self) -> None:
        self._fence: re.Match[str] | None = None
        self._last = ""
        self._table: tuple[str, str] | None = None

    def take(self, line: str) -> None:
        if self._fence is not None:
            if _closes(self._fence, line):
                self._fence = None
        elif opened := _FENCE.match(line):
            self._fence, self._table = opened, None
        else:
            self._note_table(line)
        self._last = line

    def _note_table(self, line: str) -> None:
        if "|" in self._last and "-" in line and "|" in line and _RULE.match(line):
            self._table = (self._last, line)
        elif "|" not in line:
            self._table = None

    def around(self, following: str) -> Around:
        if self._fence is not None:
            language = " ".join(self._fence["info"].split()[:1])[:40]
            return Around(self._fence["ticks"], f"{self._fence['ticks']}{language}\n")
        header = "\n".join(self._table) + "\n" if self._table and "|" in following else ""
        return Around("", header if len(header) <= MOST_REPEATED else "")

    def rank(self, following: str) -> int:
        if self._fence is not None:
            return _IN_CODE
        if self._table and "|" in following:
            return _LINE
        if not following.strip():
            return _LINE
        if not self._last.strip() or _BLOCK.match(following) or _FENCE.match(following):
            return _BLOCKS if not following.startswith((" ", "\t")) else _ITEMS
        return _ITEMS if _ITEM.match(following) else _LINE


def _closes(fence: re.Match[str], line: str) -> bool:
    mark = line.strip(" \t>")
    return len(mark) >= len(fence["ticks"]) and not mark.strip(fence["ticks"][0])


def _lines(text: str) -> Iterator[_Line]:
    """Every line that has ended and what a cut behind it would mean; `text` begins a piece."""
    scan, at = _Scan(), 0
    while (end := text.find("\n", at) + 1) > 0:
        scan.take(text[at : end - 1])
        following = text[end : _line_stop(text, end)]
        yield _Line(end, scan.rank(following), scan.around(following))
        at = end


def _line_stop(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found


def around_at(text: str, cut: int) -> Around:
    """What a cut at `cut` means; `text` is what the message shows, from its beginning."""
    scan, at = _Scan(), 0
    while (end := text.find("\n", at, cut) + 1) > 0:
        scan.take(text[at : end - 1])
        at = end
    around = scan.around(text[at : _line_stop(text, at)])
    return Around(_own_line(text[:cut], around.close), around.reopen) if around.close else around


def _own_line(before: str, close: str) -> str:
    return close if before.endswith("\n") else "\n" + close


def best_cut(text: str, lowest: int, highest: int) -> int:
    """The best place in (lowest, highest] to end a message that shows `text` from its beginning.

    Good places in the upper half of the room win; then any end of a line; then a space; then `highest`.
    """
    places = [line for line in _lines(text[: highest + 1]) if lowest < line.end <= highest]
    roomy = [line for line in places if line.end >= highest // 2] or places
    if roomy:
        return max(roomy, key=lambda line: (line.rank, line.end)).end
    space = max(text.rfind(" ", lowest + 1, highest), text.rfind("\n", lowest + 1, highest))
    return space + 1 if space > lowest else highest


def good_cut(text: str, lowest: int) -> int | None:
    """The last end of a paragraph or list item behind `lowest` that text follows, if there is one."""
    stop = len(text.rstrip())
    ends = [line.end for line in _lines(text) if lowest < line.end < stop and line.rank >= _ITEMS]
    return ends[-1] if ends else None


def split(text: str, start: int = 0, reopen: str = "", *, limit: int = LIMIT) -> Iterator[Piece]:
    """The pieces of `text` from `start`, which continues with `reopen`."""
    while text[start:].strip():
        shown = reopen + text[start:]
        if len(shown) <= limit:
            yield Piece(start, len(text), shown)
            return
        room = limit - CLOSING
        cut = best_cut(shown, len(reopen), room)
        around = around_at(shown, cut)
        end = start + cut - len(reopen)
        yield Piece(start, end, shown[:cut] + around.close)
        start, reopen = end, around.reopen if len(around.reopen) < limit // 2 else ""
