"""Texts as services/folding.py folds them, in SQL: an index over it holds the passages that have anything to fold."""

from __future__ import annotations

from services.folding import ACCENTS, SPACELESS

ANY = r"text ~ '[^\u0001-\u007f]'"


def folded_in_sql(text: str) -> str:
    """`text`: an expression of that type."""
    plain = (
        f"regexp_replace(normalize(lower({text}), NFD), '[{_in_sql(ACCENTS)}]'::text, ''::text, 'g'::text)"
    )
    return f"regexp_replace({plain}, '([{_in_sql(SPACELESS)}])'::text, ' \\1 '::text, 'g'::text)"


def _in_sql(characters: str) -> str:
    return "".join(each if each == "-" else f"\\u{ord(each):04x}" for each in characters)


FOLDED = folded_in_sql("text")
