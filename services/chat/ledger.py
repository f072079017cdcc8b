"""Each attempt at a model is a row before it is paid, and that row is settled once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from uuid_utils.compat import uuid7

from services.entities import Actor, CallOutcome, ModelCall, Usage
from services.errors import ProviderError
from services.limits import TOKENS
from services.ports import ChatModel, Checkpoint, Clock, Prices, UnitOfWork, UnitOfWorkFactory


@dataclass(slots=True)
class CallLedger:
    """The attempts of one request, in the order they were made; the router reports to it."""

    uow: UnitOfWorkFactory
    clock: Clock
    prices: Prices
    checkpoint: Checkpoint
    actor: Actor
    channel: str
    purpose: str
    reservation: UUID
    turn_id: UUID | None = None
    calls: dict[UUID, ModelCall] = field(default_factory=dict)
    _begun: dict[UUID, float] = field(default_factory=dict)
    _first: dict[UUID, int] = field(default_factory=dict)

    async def begin(self, model: ChatModel) -> UUID:
        call = ModelCall(
            id=uuid7(),
            actor=self.actor,
            channel=self.channel,
            provider=model.provider,
            model=model.name,
            purpose=self.purpose,
            started_at=self.clock.now(),
            turn_id=self.turn_id,
        )
        async with self.uow() as uow:
            await uow.calls.begin(call)
            await uow.calls.start_reservation(self.reservation)
            await uow.commit()
        self.calls[call.id] = call
        self._begun[call.id] = self.clock.monotonic()
        self.checkpoint("sent")
        return call.id

    async def fail(self, call: UUID, error: ProviderError, usage: Usage | None) -> None:
        """An attempt that gave nothing to show; what the provider still counted is booked at the end."""
        ended = self.ended(call, CallOutcome.FAILED, usage or Usage(), error=str(error)[:300])
        async with self.uow() as uow:
            await uow.calls.finish(ended)
            await uow.commit()

    def first_token(self, call: UUID) -> None:
        self._first[call] = self._elapsed(call)

    def ended(
        self,
        call_id: UUID,
        outcome: CallOutcome,
        usage: Usage,
        *,
        error: str | None = None,
        request_id: str | None = None,
    ) -> ModelCall:
        call = replace(
            self.calls[call_id],
            outcome=outcome,
            usage=usage,
            cost=self.prices.cost(self.calls[call_id].provider, self.calls[call_id].model, usage),
            latency_ms=self._elapsed(call_id),
            first_token_ms=self._first.get(call_id),
            error=error,
            request_id=request_id,
        )
        self.calls[call_id] = call
        return call

    def spent(self) -> Mapping[str, int]:
        return {TOKENS: sum(call.usage.total for call in self.calls.values())}

    async def close(self, uow: UnitOfWork, call: ModelCall) -> None:
        """Book the last attempt and give the reservation back, inside the caller's transaction."""
        await uow.calls.finish(call)
        await uow.calls.settle(self.reservation, self.spent())

    async def give_back(self) -> None:
        """Nothing was answered: settle what the failed attempts used."""
        async with self.uow() as uow:
            await uow.calls.settle(self.reservation, self.spent())
            await uow.commit()

    def _elapsed(self, call_id: UUID) -> int:
        return int(1000 * (self.clock.monotonic() - self._begun[call_id]))
