"""Words as people type them who leave accents out, and scripts that put no space between words.

Folded, a text has no accents, and each character of such a script is a word of its own. storage/folded.py has the
same in SQL.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from services.entities.library import MARK, UNMARK

SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
ACCENTS = "\u0300-\u036f"
_ACCENT = re.compile(f"[{ACCENTS}]")
_RUN = re.compile(f"(-?)([{SPACELESS}]+)")
_PIECE = re.compile(f"[{SPACELESS}]+|[^\\W{SPACELESS}]+")
_SOUGHT = re.compile(r"(-?)(?:\"([^\"]*)\"|'([^']*)'(:\*)?|([^\s\"']+))")


def folded(text: str) -> str:
    return _ACCENT.sub("", unicodedata.normalize("NFD", text.lower()))


def is_spaceless(text: str) -> bool:
    return _RUN.search(text) is not None


def as_sought(words: str) -> str:
    """What was typed, for websearch_to_tsquery over folded texts: a run without spaces is a phrase."""
    pieces = folded(words).split('"')
    pieces[::2] = [_RUN.sub(lambda run: f' {run[1]}"{" ".join(run[2])}" ', piece) for piece in pieces[::2]]
    pieces[1::2] = [_RUN.sub(lambda run: f" {' '.join(run[2])} ", piece) for piece in pieces[1::2]]
    return " ".join('"'.join(pieces).split())


def beginnings(stem: str) -> Iterator[str]:
    """A stem as lexemes of to_tsquery; of a run without spaces each two characters that follow each other."""
    for piece in _PIECE.findall(folded(stem)):
        if not is_spaceless(piece) or len(piece) < 3:
            yield " ".join(piece) if is_spaceless(piece) else piece
            continue
        yield from (" ".join(piece[at : at + 2]) for at in range(len(piece) - 1))


def marked(text: str, sought: str) -> str:
    """The text with what a folded query found in it marked; `sought` as it was sent to PostgreSQL."""
    plain, places = _mapped(text)
    spans = sorted(found.span() for needle in needles(sought) for found in needle.finditer(plain) if found[0])
    made, at = [], 0
    for first, after in spans:
        start, end = places[first], places[after]
        if start < at:
            continue
        made += [text[at:start], MARK, text[start:end], UNMARK]
        at = end
    return "".join([*made, text[at:]])


def _mapped(text: str) -> tuple[str, list[int]]:
    """Folded, and where in the text each character of it stands."""
    plain, places = [], []
    for at, each in enumerate(text):
        made = folded(each)
        plain.append(made)
        places += [at] * len(made)
    return "".join(plain), [*places, len(text)]


def needles(sought: str) -> Iterator[re.Pattern[str]]:
    for minus, phrase, lexeme, prefix, word in _SOUGHT.findall(sought):
        pieces = _PIECE.findall(phrase or lexeme or word)
        if minus or not pieces:
            continue
        if is_spaceless(pieces[0]):
            yield re.compile(r"\W*".join(map(re.escape, pieces)))
        else:
            end = r"\w*" if prefix else r"(?!\w)"
            yield re.compile(r"(?<!\w)" + r"\W+".join(map(re.escape, pieces)) + end)
