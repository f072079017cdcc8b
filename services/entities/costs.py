"""Money, as it is watched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.entities.limits import LimitState


@dataclass(frozen=True, slots=True)
class DaySpend:
    """What one person's calls of one day cost, in US dollars; `unpriced` calls are not in it."""

    day: date
    user: str
    cost: Decimal
    unpriced: int = 0


@dataclass(frozen=True, slots=True)
class ChannelSpend:
    channel: str
    today: Decimal
    month: Decimal


@dataclass(frozen=True, slots=True)
class Burst:
    """What one thread, or one person's work outside threads, has used lately. `thread_ts` empty: no thread."""

    key: str
    user: str  # who used most of it
    channel: str
    thread_ts: str
    purpose: str
    cost: Decimal
    calls: int


@dataclass(frozen=True, slots=True)
class Spender:
    user: str
    name: str
    today: Decimal
    month: Decimal


@dataclass(frozen=True, slots=True)
class Costs:
    """What the desk has cost, against `limits` in money; `spenders` with the dearest month first."""

    today: Decimal
    month: Decimal
    limits: tuple[LimitState, ...]
    spenders: tuple[Spender, ...]
    unpriced: int
    zone: str
