"""What has been used: sums over calls, and the report that is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from operator import add, attrgetter
from typing import Self


class ScopeKind(StrEnum):
    PERSON = "person"
    CHANNEL = "channel"
    TEAM = "team"


class Dimension(StrEnum):
    """By what a total is taken apart."""

    PERSON = "person"
    CHANNEL = "channel"
    MODEL = "model"
    PURPOSE = "purpose"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose calls: one person's anywhere, everybody's in one channel, or the whole workspace's."""

    team: str
    kind: ScopeKind
    id: str = ""
    """A user's or channel's; empty for the team."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days of the desk's calendar, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Period:
    """`before`: what it is compared with, the same number of days where the calendar allows."""

    word: str
    span: Span
    before: Span


@dataclass(frozen=True, slots=True)
class Counted:
    """Sums over calls. `tokens_in` holds the cached parts; money is US dollars."""

    calls: int = 0
    answers: int = 0
    """Questions that got one, from a model or from the answer cache."""
    failed: int = 0
    failovers: int = 0
    """Calls that stood in for a model that had failed."""
    hits: int = 0
    """Answers out of the answer cache: no model was asked."""
    tokens_in: int = 0
    cached_read: int = 0
    cached_write: int = 0
    tokens_out: int = 0
    cost: Decimal = Decimal(0)
    saved: Decimal = Decimal(0)
    """What caching saved, answers and prefixes together."""
    unpriced: int = 0
    """Calls that used tokens at an unknown price: `cost` leaves them out."""
    seconds: Decimal = Decimal(0)
    """Of audio."""

    @property
    def tokens(self) -> int:
        return self.tokens_in + self.tokens_out

    @property
    def from_cache(self) -> float:
        """The part of the input that the providers' caches held."""
        return self.cached_read / self.tokens_in if self.tokens_in else 0.0

    def __add__(self, other: Self) -> Self:
        return type(self)(*map(add, _values(self), _values(other)))


_values = attrgetter(*(one.name for one in fields(Counted)))


@dataclass(frozen=True, slots=True)
class Tally:
    """One group's sums, as storage gives them: of a `day`, of a `dimension`'s `key`, of both, or of all."""

    counted: Counted
    dimension: Dimension | None = None
    key: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Tallies:
    """`before`: all of the period before, and how many people it was."""

    now: Sequence[Tally]
    before: Counted
    people_before: int


@dataclass(frozen=True, slots=True)
class Row:
    """`name` is what to call `key` (a user's id, a channel's, a model, a purpose)."""

    key: str
    name: str
    counted: Counted


@dataclass(frozen=True, slots=True)
class Bucket:
    """One point of a trend."""

    span: Span
    counted: Counted


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a trend, a value a bucket; `key` is empty for all that have no line of their own."""

    key: str
    values: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """`series` add up to `buckets`, by dimension."""

    buckets: tuple[Bucket, ...]
    by_model: tuple[Series, ...]
    by_purpose: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """To the month's end: what it has used so far, and `basis` full days' mean for each of the `days_left`."""

    until: date
    basis: int
    days_left: int
    daily_tokens: int
    daily_cost: Decimal
    tokens: int
    cost: Decimal
