"""The words for periods, the days they mean, and how a trend over them is cut into points."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from datetime import date, timedelta

from services.entities.usage import Period, Span
from services.errors import BadArgument

USAGE = "/usage [me | team | @person | #channel] [today | 7d | 30d | month] [csv]"
DEFAULT = "7d"
WORDS = ("today", "7d", "30d", "month")
LONGEST = 366
MOST_POINTS = 20  # Slack's charts hold no more
STEPS = (1, 2, 7, 14, 28)
DAY = timedelta(days=1)
_DAYS = re.compile(r"(\d{1,4})d")


def is_period(word: str) -> bool:
    found = _DAYS.fullmatch(word)
    return 1 <= int(found[1]) <= LONGEST if found else word in {*WORDS, "yesterday", "week"}


def period_of(word: str, today: date) -> Period:
    """`7d` ends with today; `week` is the last whole one, Monday to Sunday. Raises BadArgument."""
    if not is_period(word):
        near = difflib.get_close_matches(word, WORDS, n=1, cutoff=0.5)
        meant = f"; did you mean `{near[0]}`?" if near else ""
        raise BadArgument(f"`{word[:40]}` is not a period I know{meant}", USAGE)
    match word:
        case "today":
            span = Span(today, today)
        case "yesterday":
            span = Span(today - DAY, today - DAY)
        case "week":
            monday = today - DAY * (today.weekday() + 7)
            span = Span(monday, monday + DAY * 6)
        case "month":
            span = Span(today.replace(day=1), today)
            return Period(word, span, _same_days_a_month_before(span))
        case _:
            span = Span(today - DAY * (int(word[:-1]) - 1), today)
    return Period(word, span, Span(span.first - DAY * span.days, span.first - DAY))


def month_of(day: date) -> Span:
    """The whole calendar month."""
    first = day.replace(day=1)
    return Span(first, (first + DAY * 32).replace(day=1) - DAY)


def points(span: Span) -> Iterator[Span]:
    """At most 20, in order, the last one whole: each day, or each so many days."""
    step = next(step for step in STEPS if -(-span.days // step) <= MOST_POINTS)
    last = span.first + DAY * ((span.days - 1) % step)
    first = span.first
    while first <= span.last:
        yield Span(first, last)
        first, last = last + DAY, last + DAY * step


def _same_days_a_month_before(span: Span) -> Span:
    """The 1st to the same date; to its last day where that month is shorter."""
    before = month_of(span.first - DAY)
    return Span(before.first, min(before.last, before.first + DAY * (span.days - 1)))
