"""Which lines of a Markdown text are code for every parser, however lenient or strict."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPENS = re.compile(r"(?P<indent> {0,3})(?P<ticks>`{3,})[^`<>\[\]\r]*")
_CLOSES = re.compile(r" {0,3}(?P<ticks>`{3,})[ \t\r]*")
_LIKE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*[ \t>]*(?:~{3,}|`{3,}[^`]*$)")


@dataclass(slots=True)
class Fences:
    """Fed with whole lines. Once a line could be read two ways, nothing after it counts as code.

    A quoted, listed or unevenly indented fence ends at different lines for different parsers; what one
    of them shows as text must not slip through as code.
    """

    ticks: int = 0  # of the open fence; 0 outside
    indent: int = 0
    doubtful: bool = False

    @property
    def inside(self) -> bool:
        return self.ticks > 0

    def doubt(self) -> None:
        self.ticks, self.doubtful = 0, True

    def line(self, line: str) -> bool:
        """Take the next line (without its end); whether it is code or a fence's own line."""
        if self.doubtful:
            return False
        return self._inside(line) if self.ticks else self._outside(line)

    def _outside(self, line: str) -> bool:
        opens = _OPENS.fullmatch(line)
        if opens:
            self.ticks, self.indent = len(opens["ticks"]), len(opens["indent"])
            return True
        self.doubtful = _LIKE.match(line) is not None
        return False

    def _inside(self, line: str) -> bool:
        closes = _CLOSES.fullmatch(line)
        if closes and len(closes["ticks"]) >= self.ticks:
            self.ticks = 0
            return True
        dedented = bool(line.strip()) and len(line) - len(line.lstrip(" ")) < self.indent
        if dedented or re.fullmatch(r"[ \t>]*[`~]{3,}[ \t\r]*", line):
            self.doubt()
            return False
        return True
