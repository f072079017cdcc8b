"""How long somebody likes their answers: told to the model, and kept to by the cap on its output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from services.chat.context import Context
from services.settings import LENGTH


@dataclass(frozen=True, slots=True)
class Length:
    """`share`: of the longest answer that the desk allows."""

    instruction: str
    share: Fraction = Fraction(1)


NORMAL = Length("")
LENGTHS = {
    "short": Length(
        "Answer in a few sentences, unless that would leave out what was asked for.", Fraction(1, 4)
    ),
    "normal": NORMAL,
    "long": Length("Answer in depth: give reasons, examples and the next steps."),
}


def length_of(settings: Mapping[str, str]) -> Length:
    return LENGTHS.get(settings.get(LENGTH, ""), NORMAL)


def capped(context: Context, length: Length) -> Context:
    cap = max(1, int(context.request.max_tokens * length.share))
    return replace(context, request=replace(context.request, max_tokens=cap))
