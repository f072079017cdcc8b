"""A report: what was asked for, and every number of the answer. Made of sums alone; nothing is read here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.entities.limits import LimitState
from services.entities.usage import (
    Bucket,
    Counted,
    Dimension,
    Forecast,
    Period,
    Row,
    Scope,
    Series,
    Span,
    Tallies,
    Tally,
    Trend,
)
from services.usage.periods import points

MOST_SERIES = 6  # Slack's charts hold no more
NOTHING = Counted()


@dataclass(frozen=True, slots=True)
class Query:
    """`period`: a word as `services.usage.periods` knows them: today, 7d, 30d, month; yesterday, week."""

    scope: Scope
    period: str


@dataclass(frozen=True, slots=True)
class Report:
    """`tops` hold every key that had calls, the dearest first. All sums of a dimension add up to `total`."""

    query: Query
    period: Period
    subject: str
    """The person's name; the channel's id; empty for the team."""
    total: Counted
    before: Counted
    people: int
    people_before: int
    days: tuple[tuple[date, Counted], ...]
    """Each day of the period, also those without calls."""
    trend: Trend
    tops: Mapping[Dimension, tuple[Row, ...]]
    forecast: Forecast | None
    limits: tuple[LimitState, ...]
    zone: str
    """In which the days are counted."""
    made_at: datetime

    @property
    def is_empty(self) -> bool:
        return self.total.calls == 0


def total_of(tallies: Tallies) -> Counted:
    return next((one.counted for one in tallies.now if one.dimension is None and one.day is None), NOTHING)


def days_of(tallies: Tallies, span: Span) -> tuple[tuple[date, Counted], ...]:
    used = {one.day: one.counted for one in tallies.now if one.dimension is None and one.day}
    return tuple((day, used.get(day, NOTHING)) for day in _days(span))


def used_days(tallies: Tallies, span: Span, wanted: Span) -> Sequence[tuple[date, Counted]] | None:
    """Those of `wanted` that had calls, in order; None where the tallies do not reach so far."""
    if wanted.first < span.first or wanted.last > span.last:
        return None
    days = ((one.day, one.counted) for one in tallies.now if one.dimension is None and one.day)
    return sorted(
        ((day, counted) for day, counted in days if wanted.first <= day <= wanted.last),
        key=lambda one: one[0],
    )


def rows_of(tallies: Tallies, dimension: Dimension, names: Mapping[str, str]) -> tuple[Row, ...]:
    """The dearest first, then what used most."""
    found = [one for one in tallies.now if one.dimension is dimension and one.day is None]
    found.sort(key=lambda one: (-one.counted.cost, -one.counted.tokens, one.key))
    return tuple(Row(one.key, name_of(dimension, one.key, names), one.counted) for one in found)


def name_of(dimension: Dimension, key: str, names: Mapping[str, str]) -> str:
    if dimension is Dimension.PERSON:
        return names.get(key) or key
    return key.partition("/")[2] if dimension is Dimension.MODEL else key


def trend_of(tallies: Tallies, span: Span) -> Trend:
    spans = tuple(points(span))
    days = dict(days_of(tallies, span))
    return Trend(
        tuple(Bucket(each, _sum(days[day] for day in _days(each))) for each in spans),
        _series(tallies, spans, Dimension.MODEL),
        _series(tallies, spans, Dimension.PURPOSE),
    )


def _series(tallies: Tallies, spans: Sequence[Span], dimension: Dimension) -> tuple[Series, ...]:
    """A line for each of the largest; the others share the last one."""
    per_day = [one for one in tallies.now if one.dimension is dimension and one.day]
    lines: defaultdict[str, list[Tally]] = defaultdict(list)
    for one in per_day:
        lines[one.key].append(one)
    order = sorted(lines, key=lambda key: (-sum(one.counted.tokens for one in lines[key]), key))
    own = order if len(order) <= MOST_SERIES else order[: MOST_SERIES - 1]
    others = [one for key in order[len(own) :] for one in lines[key]]
    named = [(key, lines[key]) for key in own] + ([("", others)] if others else [])
    return tuple(Series(key, tuple(_within(tallied, each) for each in spans)) for key, tallied in named)


def _within(tallied: Iterable[Tally], span: Span) -> Counted:
    return _sum(one.counted for one in tallied if one.day and span.first <= one.day <= span.last)


def _sum(counted: Iterable[Counted]) -> Counted:
    return sum(counted, NOTHING)


def _days(span: Span) -> list[date]:
    return [date.fromordinal(number) for number in range(span.first.toordinal(), span.last.toordinal() + 1)]
