"""Runs of a text: stretches without a break, which no address leaves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from handlers.sender.signs import plain, shows_nothing

LONGEST = 2_600  # characters without a break that are looked at as a whole
_WORDS = re.compile(r"\s+|\S+")


def pieces(text: str) -> Iterator[str]:
    """Breaks, and the runs between them, which no address leaves; very long ones in parts."""
    for word in _WORDS.findall(text):
        for run in (word,) if word.isascii() else _runs(word):
            yield from (run[at : at + LONGEST] for at in range(0, len(run), LONGEST))


def _runs(word: str) -> Iterator[str]:
    start = 0
    for at, char in enumerate(word):
        if breaks(char):
            yield from filter(None, (word[start:at], char))
            start = at + 1
    if start < len(word):
        yield word[start:]


@lru_cache(maxsize=4_096)
def breaks(char: str) -> bool:
    """White space, signs written without it, and other punctuation that disguises no ASCII character."""
    if char.isspace() or unicodedata.east_asian_width(char) == "W":
        return True
    hidden = unicodedata.category(char) in ("Cf", "Cc", "Mn", "Me", "Cn", "Co", "Cs")
    return not (char.isascii() or char.isalnum() or plain(char).isascii() or hidden or shows_nothing(char))
