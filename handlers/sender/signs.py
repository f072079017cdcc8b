"""Seeing through disguises: entities, look-alike forms and characters that show nothing."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

JOINER = "\u2060"  # WORD JOINER: shows nothing, breaks a token

_FILLERS = frozenset("\u034f\u115f\u1160\u3164\uffa0")
_ENTITY = re.compile(r"&(?:amp;){0,3}(?:#x[0-9a-f]{1,8}|#[0-9]{1,8}|[a-z]{1,16});?", re.IGNORECASE)
_CLOSED_ENTITY = re.compile(r"&(?:#x[0-9a-f]{1,8}|#[0-9]{1,8}|[a-z]{1,32});", re.IGNORECASE)
_ENTITY_BEGUN = re.compile(r"&(?:amp;){0,3}(?:#x?[0-9a-f]{0,8}|[a-z]{0,16})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sign:
    """One character as a lenient parser may see it; it takes the input from `start` to `end`."""

    char: str
    start: int
    end: int


def read(text: str, at: int, *, final: bool) -> Sign | None:
    """The sign at `at`; None when the input ends there and more may follow."""
    if at >= len(text):
        return Sign("", at, at) if final else None
    if text[at] != "&":
        return Sign(plain(text[at]), at, at + 1)
    begun = _ENTITY_BEGUN.match(text, at)
    if begun is not None and begun.end() == len(text) and not final:
        return None
    found = _ENTITY.match(text, at)
    decoded = _decode(found.group()) if found else ""
    return Sign(plain(decoded), at, found.end()) if found and decoded else Sign("&", at, at + 1)


def _decode(entity: str) -> str:
    """The single character an entity stands for, however often it was encoded; "" if it is none."""
    for _ in range(5):
        decoded = html.unescape(entity)
        if decoded == entity:
            break
        entity = decoded
    return entity if len(entity) == 1 else ""


def plain(char: str) -> str:
    """The compatibility form: fullwidth and styled letters as plain ones."""
    return unicodedata.normalize("NFKC", char)[:1] or char


def shows_nothing(char: str) -> bool:
    """A character that takes no room; "" is none."""
    hidden = char in _FILLERS or (bool(char) and unicodedata.category(char) in ("Cf", "Cc"))
    return hidden and not char.isspace()


def is_gap(char: str) -> bool:
    """White space inside a line."""
    return char.isspace() and char not in "\n\r"


def bare(text: str) -> str:
    """`text` with its disguises taken off. Only entities with their semicolon count: `?a=1&copy=2` stays."""
    decoded = unicodedata.normalize(
        "NFKC", _CLOSED_ENTITY.sub(lambda found: html.unescape(found.group()), text)
    )
    return "".join(char for char in decoded if not shows_nothing(char))
