"""Broadcasts and mentions in a model's text become words that call nobody."""

from __future__ import annotations

import re

from handlers.sender.held import Rewriter, Step
from handlers.sender.signs import JOINER, Sign, bare, is_gap, plain, read, shows_nothing

BROADCASTS = frozenset({"channel", "here", "everyone", "group"})
SPECIAL = BROADCASTS | {"subteam", "date"}

_LONGEST_GAP = 64
_LONGEST_WORD = 24
_LONGEST_BODY = 300
_IN_ADDRESS = re.compile(r"(?<![&#\w])[^\W_]\w*\Z")  # a word on the left, and no entity such as `&lt`
_PERSON = re.compile(r"[uwb][a-z0-9]{6,}", re.IGNORECASE)
_NOT_LABEL = re.compile(r"[^\w .-]")
_END = frozenset(">\n\r<")


class Mentions(Rewriter):
    """Neutralises everywhere, code included: what Slack would not parse there loses nothing visible."""

    context = 40
    special = re.compile("[<＜﹤&@＠﹫:]")

    def _decide(self, text: str, at: int, *, final: bool) -> Step | None:
        if text[at] == ":":
            return self._deep_link(text, at, final=final)
        sign = read(text, at, final=final)
        if sign is None:
            return None
        if sign.char == "<":
            return _angle(text, at, sign, final=final)
        if sign.char == "@":
            return self._at(text, at, sign, final=final)
        return Step(text[at], at + 1)

    def _deep_link(self, text: str, at: int, *, final: bool) -> Step | None:
        """`slack://` opens things in the reader's client."""
        if len(text) < at + 3 and not final and "//".startswith(text[at + 1 :]):
            return None
        live = text.startswith("//", at + 1) and self._left(text, at).lower().endswith("slack")
        return Step(":" + JOINER if live else ":", at + 1)

    def _at(self, text: str, at: int, sign: Sign, *, final: bool) -> Step | None:
        """`@channel` typed out; not inside an address like someone@here.example."""
        words = _words(text, sign.end, final=final)
        if words is None:
            return None
        live = not words.isdisjoint(BROADCASTS) and not _in_address(self._left(text, at))
        return Step("@" + JOINER, sign.end) if live else Step(text[at : sign.end], sign.end)


def _in_address(left: str) -> bool:
    """For every reader: those who see the characters that show nothing, and those who do not."""
    seen = "".join(char for char in left if not shows_nothing(char))
    return _IN_ADDRESS.search(left) is not None and _IN_ADDRESS.search(seen) is not None


def _angle(text: str, at: int, sign: Sign, *, final: bool) -> Step | None:
    """`<!here>`, `<!subteam^S1|@editors>`, `<@U1>` and their disguises; any other `<` stays."""
    kind = _past_gap(text, sign.end, final=final)
    if kind is None:
        return None
    if kind.char not in ("!", "@"):
        return Step(text[at : sign.end], sign.end)
    words = _words(text, kind.end, final=final, gap=kind.char == "!")
    if words is None:
        return None
    spaced = any(map(is_gap, text[sign.end : kind.start]))
    if not _is_live(kind.char, words, spaced=spaced):
        return Step(text[at : sign.end], sign.end)
    return _replaced(text, sign.end, kind.end, final=final)


def _is_live(kind: str, words: set[str], *, spaced: bool) -> bool:
    if kind == "!":
        return not words.isdisjoint(SPECIAL)
    return any(map(_PERSON.fullmatch, words)) if spaced else any(words)


def _past_gap(text: str, at: int, *, final: bool) -> Sign | None:
    """The first sign after spaces and characters that show nothing; "" when the gap is too long."""
    end = at + _LONGEST_GAP
    while at < end:
        sign = read(text, at, final=final)
        if sign is None or not sign.char or not (is_gap(sign.char) or shows_nothing(sign.char)):
            return sign
        at = sign.end
    return Sign("", at, at)


def _words(text: str, at: int, *, final: bool, gap: bool = False) -> set[str] | None:
    """The word at `at` in lower case, as parsers may read it: up to its first disguised character, or the
    next, or with all disguises taken off. None while more may belong to it."""
    word, words = "", set[str]()
    while len(word) <= _LONGEST_WORD:
        sign = read(text, at, final=final)
        if sign is None:
            return None
        if sign.char != text[sign.start : sign.end]:
            words.add(word)
        if shows_nothing(sign.char):
            words.add(word)
        elif sign.char.isalnum():
            word += sign.char.lower()
        elif word or not (gap and sign.char and is_gap(sign.char)):
            break
        at = sign.end
    return words | {word}


def _replaced(text: str, body: int, label: int, *, final: bool) -> Step | None:
    """The whole token as a word; only its `<` made harmless when it has no end."""
    limit = body + _LONGEST_BODY
    for at in range(label, min(limit, len(text))):
        if plain(text[at]) == ">" or text.startswith("&gt;", at):
            end = at + (4 if text[at] == "&" else 1)
            return Step(JOINER + _label(text[label:at]) + JOINER, end)
        if text[at] in _END:
            return Step("‹", body)
    return Step("‹", body) if final or len(text) >= limit + 4 else None


def _label(token: str) -> str:
    """What a person would have read; only characters that cannot begin a token again, and no address."""
    shown = bare(token).rpartition("|")[2] or bare(token).partition("|")[0]
    label = _NOT_LABEL.sub("", shown.partition("^")[0]).strip() or "‹›"
    return label.replace(".", f"{JOINER}.{JOINER}")
