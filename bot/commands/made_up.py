"""Calls that nobody made: weeks of plausible use, for the demo alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from services.calendar import Calendar
from services.entities.calls import CallOutcome, ModelCall, Usage
from services.entities.people import Actor
from services.ports.models import Prices

OPENS, CLOSES = 8, 19  # hours of the desk
SATURDAY, QUIET = 5, 0.12
MOST = 26
"""Questions of the busiest person on a busy day."""
PURPOSES = (("chat", 86), ("summary", 9), ("transcription", 5))
TRANSCRIBER, DOLLARS_A_SECOND = ("openai", "gpt-transcribe"), Decimal("0.27") / 3600
ENDED, STRANGE = ("anthropic", "claude-sonnet-4-5"), ("openai", "house-model-1")
"""A model that is no longer offered, used until three weeks ago; and one whose price nobody knows."""
ENDED_AFTER, STRANGE_EVERY = timedelta(days=21), 60
FAILS, HITS = 0.03, 0.05


@dataclass(frozen=True, slots=True)
class Cast:
    """Who asks where, of which models: (provider, name), the usual one first."""

    team: str
    people: Sequence[str]
    channels: Sequence[str]
    models: Sequence[tuple[str, str]]
    small: tuple[str, str]


def made_up(
    cast: Cast, calendar: Calendar, prices: Prices, days: int, today: date, seed: int
) -> Iterator[ModelCall]:
    """Of so many days up to yesterday. The same day has the same calls whenever it is asked for."""
    for back in range(days, 0, -1):
        day = today - timedelta(days=back)
        random = Random(f"{seed}:{cast.team}:{day}")
        for rank, user in enumerate(cast.people):
            for number in range(_questions(random, day, rank)):
                yield from _question(cast, calendar, prices, random, day, today, user, number)


def _questions(random: Random, day: date, rank: int) -> int:
    """Some ask much more than others; nobody much at weekends; now and then there is a day to remember."""
    usual = MOST / (1 + rank) ** 0.8 * random.uniform(0.35, 1.0)
    busy = 2.2 if day.toordinal() % 17 == 0 else 1.0
    return int(usual * busy * (QUIET if day.weekday() >= SATURDAY else 1.0) + 0.5)


def _question(
    cast: Cast,
    calendar: Calendar,
    prices: Prices,
    random: Random,
    day: date,
    today: date,
    user: str,
    number: int,
) -> Iterator[ModelCall]:
    """One call, or two where the first one failed and another model stood in."""
    [purpose] = random.choices([name for name, _ in PURPOSES], [weight for _, weight in PURPOSES])
    plain = ModelCall(
        id=uuid5(NAMESPACE_URL, f"demo:{cast.team}:{day}:{user}:{number}"),
        actor=Actor(cast.team, user),
        channel=random.choice(cast.channels),
        provider="",
        model="",
        purpose=purpose,
        started_at=_moment(calendar, random, day),
        day=day,
        latency_ms=random.randint(900, 9_000),
    )
    model = _model(cast, random, purpose, today - day)
    if purpose == "transcription":
        yield _heard(plain, random)
    elif purpose == "chat" and random.random() < HITS:
        yield _hit(plain, model, prices, random)
    elif random.random() < FAILS:
        yield _on(plain, model, outcome=CallOutcome.FAILED, error="overloaded", cost=Decimal(0))
        second = replace(plain, id=uuid5(plain.id, "again"), failover=True)
        yield _answered(second, cast.models[-1], prices, random)
    else:
        yield _answered(plain, model, prices, random)


def _model(cast: Cast, random: Random, purpose: str, age: timedelta) -> tuple[str, str]:
    if purpose == "summary":
        return cast.small
    if age > ENDED_AFTER and random.random() < 0.3:
        return ENDED
    if random.randrange(STRANGE_EVERY) == 0:
        return STRANGE
    return cast.models[0] if random.random() < 0.75 else cast.models[-1]


def _answered(call: ModelCall, model: tuple[str, str], prices: Prices, random: Random) -> ModelCall:
    usage = _usage(random)
    cost = prices.cost(*model, usage)
    uncached = prices.cost(*model, replace(usage, cached_read=0, cached_write=0))
    saved = max(Decimal(0), uncached - cost) if cost is not None and uncached is not None else Decimal(0)
    return _on(call, model, outcome=CallOutcome.ANSWERED, usage=usage, cost=cost, saved=saved)


def _hit(call: ModelCall, model: tuple[str, str], prices: Prices, random: Random) -> ModelCall:
    saved = prices.cost(*model, _usage(random)) or Decimal(0)
    return _on(call, model, outcome=CallOutcome.CACHED, cost=Decimal(0), saved=saved)


def _heard(call: ModelCall, random: Random) -> ModelCall:
    seconds = Decimal(random.randint(40, 1_500))
    cost = (seconds * DOLLARS_A_SECOND).quantize(Decimal("0.00000001"))
    return _on(call, TRANSCRIBER, outcome=CallOutcome.ANSWERED, cost=cost, seconds=seconds)


def _on(call: ModelCall, model: tuple[str, str], **given: Any) -> ModelCall:
    provider, name = model
    return replace(call, provider=provider, model=name, **given)


def _usage(random: Random) -> Usage:
    whole = int(random.lognormvariate(7.6, 0.8))
    read = int(whole * random.choice((0, 0, 0.45, 0.7, 0.85)))
    written = int((whole - read) * 0.3) if read else 0
    return Usage(whole, read, written, int(random.lognormvariate(6.0, 0.6)))


def _moment(calendar: Calendar, random: Random, day: date) -> datetime:
    return calendar.begins(day) + timedelta(hours=random.uniform(OPENS, CLOSES))
