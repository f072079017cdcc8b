"""Calls of models: the ledger's rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.entities.people import Actor


class CallOutcome(StrEnum):
    STARTED = "started"
    ANSWERED = "answered"
    PARTIAL = "partial"
    STOPPED = "stopped"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    RELEASED = "released"  # an uncertain call the person has decided about
    CACHED = "cached"  # answered from our own store: nobody was asked, nothing was paid


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call. `tokens_in` is the whole input, cached parts included, at both providers.

    `seconds`: of the sound that was listened to. Some models bill these, some count tokens for them.
    """

    tokens_in: int = 0
    cached_read: int = 0
    cached_write: int = 0
    tokens_out: int = 0
    estimated: bool = False
    seconds: float = 0.0

    @property
    def total(self) -> int:
        return self.tokens_in + self.tokens_out


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One attempt at one model: the ledger row that is committed before anything is paid."""

    id: UUID
    actor: Actor
    channel: str
    provider: str
    model: str
    purpose: str
    started_at: datetime
    day: date  # the desk's calendar day of `started_at`: reports and limits count by it
    turn_id: UUID | None = None
    outcome: CallOutcome = CallOutcome.STARTED
    usage: Usage = Usage()
    cost: Decimal | None = None  # US dollars; None: the price is unknown
    latency_ms: int | None = None
    first_token_ms: int | None = None
    error: str | None = None
    request_id: str | None = None
    saved: Decimal = Decimal(0)  # US dollars that caching saved
    failover: bool = False  # it answered after another model had failed
    seconds: Decimal | None = None  # of audio
    searched: bool = False  # it asked for tools: the answer came with a later one
