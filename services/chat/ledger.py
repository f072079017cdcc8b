"""Each attempt at a model is a row before it is paid, and that row is settled once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID, uuid5

from uuid_utils.compat import uuid7

from services.calendar import Calendar
from services.entities.calls import CallOutcome, ModelCall, Usage
from services.entities.people import Actor
from services.errors import ProviderError
from services.limits import MICRODOLLARS, TOKENS, microdollars
from services.ports.clock import Checkpoint, Clock
from services.ports.media import Transcriber
from services.ports.models import ChatModel, Prices
from services.ports.work import UnitOfWork, UnitOfWorkFactory
from services.retry import persistently

ANSWERING = frozenset({CallOutcome.ANSWERED, CallOutcome.PARTIAL, CallOutcome.STOPPED})


@dataclass(slots=True)
class CallLedger:
    """The attempts of one request, in the order they were made; the router reports to it.

    `tokens_in` is our estimate of the input, used where a provider never told what it counted.
    """

    uow: UnitOfWorkFactory
    clock: Clock
    calendar: Calendar
    prices: Prices
    checkpoint: Checkpoint
    actor: Actor
    channel: str
    purpose: str
    reservation: UUID
    tokens_in: int
    turn_id: UUID | None = None
    attempt: int = 0
    """The claim of the turn that this is done under."""
    lease: float = 15.0
    """Seconds after which the claim may have passed to another worker."""
    worker: str | None = None
    """That claim's own name."""
    together: Callable[[UnitOfWork, ModelCall], Awaitable[None]] | None = None
    """What is committed with each call's beginning."""
    calls: dict[UUID, ModelCall] = field(default_factory=dict)
    _sent: set[UUID] = field(default_factory=set)
    _begun: dict[UUID, float] = field(default_factory=dict)
    _first: dict[UUID, int] = field(default_factory=dict)
    _looked: float | None = None

    async def begin(self, model: ChatModel | Transcriber) -> UUID:
        now = self.clock.now()
        call = ModelCall(
            id=uuid7(),
            actor=self.actor,
            channel=self.channel,
            provider=model.provider,
            model=model.name,
            purpose=self.purpose,
            started_at=now,
            day=self.calendar.day(now),
            turn_id=self.turn_id,
        )
        # Known before it is stored: a Stop in the middle of the commit must still find it.
        self.calls[call.id] = call
        self._begun[call.id] = self.clock.monotonic()
        await self._commit(call)
        self._sent.add(call.id)
        self.checkpoint("sent")
        return call.id

    async def _commit(self, call: ModelCall) -> None:
        attempt = None if self.turn_id is None else self.attempt
        async with self.uow(atomic=self.together is not None) as uow:
            await uow.calls.begin(call, self.reservation, attempt, self.worker)
            if self.together is not None:
                await self.together(uow, call)
                await uow.commit()

    async def hold(self, uow: UnitOfWork) -> None:
        """Raises LostClaim where another worker has the turn: nothing may be paid or stored for it here."""
        if self.turn_id is not None:
            await uow.chat.hold(self.turn_id, self.attempt)

    async def still_ours(self) -> None:
        """Asked at every piece of an answer; looks only after this process has stood still for a lease's time.

        Raises LostClaim.
        """
        before, self._looked = self._looked, self.clock.monotonic()
        if before is not None and self._looked - before > self.lease:
            async with self.uow() as uow:
                await self.hold(uow)

    async def fail(self, call: UUID, error: ProviderError, usage: Usage | None) -> None:
        """An attempt that gave nothing to show; what the provider still counted is booked at the end."""
        # Without a status nobody knows what the provider counted before the connection was gone.
        unknown = Usage(estimated=error.status is None)
        ended = self.ended(call, CallOutcome.FAILED, usage or unknown, error=str(error)[:300])

        async def store() -> None:
            async with self.uow() as uow:
                await uow.calls.finish(ended)
                await uow.commit()

        await persistently(self.clock, store)

    def begin_anew(self) -> None:
        """What there was is settled: the same reservation is for what follows."""
        self.calls.clear()

    def first_token(self, call: UUID) -> None:
        self._first[call] = self._elapsed(call)

    def under_way(self) -> UUID | None:
        """The call that has gone out and whose end is not known yet."""
        return next((call.id for call in self._open() if call.id in self._sent), None)

    def ended(
        self,
        call_id: UUID,
        outcome: CallOutcome,
        usage: Usage,
        *,
        error: str | None = None,
        request_id: str | None = None,
    ) -> ModelCall:
        begun = self.calls[call_id]
        call = replace(
            begun,
            outcome=outcome,
            usage=usage,
            cost=self.prices.cost(begun.provider, begun.model, usage),
            saved=saved_by_caching(self.prices, begun.provider, begun.model, usage),
            latency_ms=self._elapsed(call_id),
            first_token_ms=self._first.get(call_id),
            error=error,
            request_id=request_id,
            failover=outcome in ANSWERING and self._failed_before(call_id),
        )
        self.calls[call_id] = call
        return call

    def _failed_before(self, call_id: UUID) -> bool:
        return any(call.outcome is CallOutcome.FAILED for call in self.calls.values() if call.id != call_id)

    def spent(self) -> Mapping[str, int]:
        """By unit. Calls of unknown price cost tokens only."""
        calls = self.calls.values()
        dollars = sum((call.cost for call in calls if call.cost is not None), Decimal(0))
        return {TOKENS: sum(call.usage.total for call in calls), MICRODOLLARS: microdollars(dollars)}

    async def close(self, uow: UnitOfWork, call: ModelCall) -> None:
        """Book the last attempt and give the reservation back, inside the caller's transaction.

        Raises LostClaim.
        """
        await self.hold(uow)
        await uow.calls.finish(call)
        await uow.calls.settle(self.reservation, self.spent())

    async def give_back(self) -> None:
        """Nothing was answered: settle what the attempts used, with the input of one that had gone out."""
        ended = [self._given_up(call.id) for call in self._open()]

        async def store() -> None:
            async with self.uow() as uow:
                for call in ended:
                    await uow.calls.finish(call)
                await uow.calls.settle(self.reservation, self.spent())
                await uow.commit()

        await persistently(self.clock, store)

    def _given_up(self, call_id: UUID) -> ModelCall:
        sent = call_id in self._sent
        usage = Usage(tokens_in=self.tokens_in, estimated=True) if sent else Usage()
        return self.ended(call_id, CallOutcome.FAILED, usage, error="given up" if sent else "never sent")

    def _open(self) -> list[ModelCall]:
        return [call for call in self.calls.values() if call.outcome is CallOutcome.STARTED]

    def _elapsed(self, call_id: UUID) -> int:
        return int(1000 * (self.clock.monotonic() - self._begun[call_id]))


def saved_by_caching(prices: Prices, provider: str, model: str, usage: Usage) -> Decimal:
    """US dollars against the same call without the provider's cache; below zero where writing to it cost more."""
    if not usage.cached_read and not usage.cached_write:
        return Decimal(0)
    paid = prices.cost(provider, model, usage)
    whole = prices.cost(provider, model, replace(usage, cached_read=0, cached_write=0))
    return Decimal(0) if paid is None or whole is None else whole - paid


def fold_reservation(turn_id: UUID) -> UUID:
    """What a turn holds while it folds its thread: one at a time, beside what it holds for its answer."""
    return uuid5(turn_id, "fold")


async def release(uow: UnitOfWork, turn_id: UUID) -> None:
    """Close the calls of a turn whose end nobody knows, each booked at the worst it may have cost."""
    unknown = await uow.calls.unfinished(turn_id)
    for call in unknown:
        await uow.calls.finish(replace(call, outcome=CallOutcome.RELEASED, error="uncertain"))
    for reservation in (turn_id, fold_reservation(turn_id)):
        if unknown:
            await uow.calls.settle_whole(reservation)
        else:
            await uow.calls.settle(reservation, {})
