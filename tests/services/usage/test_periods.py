from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest

from services.entities.usage import Span
from services.errors import BadArgument
from services.usage.periods import LONGEST, MOST_POINTS, month_of, period_of, points

SUNDAY = date(2026, 11, 22)


def span(first: str, last: str) -> Span:
    return Span(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("word", "now", "before"),
    [
        ("today", span("2026-11-22", "2026-11-22"), span("2026-11-21", "2026-11-21")),
        ("yesterday", span("2026-11-21", "2026-11-21"), span("2026-11-20", "2026-11-20")),
        ("7d", span("2026-11-16", "2026-11-22"), span("2026-11-09", "2026-11-15")),
        ("30d", span("2026-10-24", "2026-11-22"), span("2026-09-24", "2026-10-23")),
        ("week", span("2026-11-09", "2026-11-15"), span("2026-11-02", "2026-11-08")),
        ("month", span("2026-11-01", "2026-11-22"), span("2026-10-01", "2026-10-22")),
        ("1d", span("2026-11-22", "2026-11-22"), span("2026-11-21", "2026-11-21")),
    ],
)
def test_a_word_is_days_and_the_days_before_them(word: str, now: Span, before: Span) -> None:
    found = period_of(word, SUNDAY)
    assert (found.span, found.before) == (now, before)


def test_a_long_month_is_compared_with_all_of_a_short_one() -> None:
    assert period_of("month", date(2027, 3, 31)).before == span("2027-02-01", "2027-02-28")


@pytest.mark.parametrize("word", ["7x", "0d", "367d", "d", "-7d", "7 d", "fortnight", ""])
def test_what_is_no_period_is_refused(word: str) -> None:
    with pytest.raises(BadArgument, match="not a period"):
        period_of(word, SUNDAY)


def test_a_near_miss_is_told_what_was_meant() -> None:
    with pytest.raises(BadArgument, match="did you mean `month`"):
        period_of("monht", SUNDAY)


@pytest.mark.parametrize("days", [*range(1, 64), 90, 180, 200, LONGEST])
def test_a_trend_has_few_points_that_cover_every_day_once(days: int) -> None:
    whole = Span(SUNDAY - timedelta(days=days - 1), SUNDAY)
    found = list(points(whole))
    assert len(found) <= MOST_POINTS
    assert sum(point.days for point in found) == days
    assert (found[0].first, found[-1].last) == (whole.first, whole.last)
    assert all(after.first - before.last == timedelta(days=1) for before, after in itertools.pairwise(found))
    assert all(point.days == found[-1].days for point in found[1:])


def test_february_of_a_leap_year_has_29_days() -> None:
    assert month_of(date(2028, 2, 10)) == span("2028-02-01", "2028-02-29")
