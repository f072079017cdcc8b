"""The ledger of provider calls, its daily rollup, and budgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, update

from services.entities import Actor, BudgetLine, BudgetState, CallOutcome, Message, ModelCall, Usage
from services.errors import LostClaim
from storage.call_statements import BEGIN_CALL, CLOSE_CALL, CREATE_COUNTERS, GIVE_BACK, RESERVE, STORE_ANSWER
from storage.chat.rows import storable
from storage.store import Store
from storage.tables import OPEN_OUTCOMES, ai_calls, budget_counters, is_any, reservations

_OF_TURN = (
    select(ai_calls)
    .where(ai_calls.c.turn_id == bindparam("turn"))
    .order_by(ai_calls.c.started_at, ai_calls.c.id)
)
_UNFINISHED = _OF_TURN.where(is_any(ai_calls.c.outcome, OPEN_OUTCOMES))
_START = update(reservations).where(reservations.c.id == bindparam("reservation")).values(started=True)
_HELD = select(reservations.c.id).where(reservations.c.id == bindparam("reservation"))
_UNSTARTED = select(reservations.c.id).where(~reservations.c.started, reservations.c.at < bindparam("before"))
_COUNTER = select(budget_counters.c.spent, budget_counters.c.reserved).where(
    budget_counters.c.scope == bindparam("scope"),
    budget_counters.c.period == bindparam("period"),
    budget_counters.c.unit == bindparam("unit"),
)


class SqlCallStore(Store):
    async def begin(
        self,
        call: ModelCall,
        reservation_id: UUID | None = None,
        attempt: int | None = None,
        worker: str | None = None,
    ) -> None:
        begun = {**_identity(call), "reservation": reservation_id, "attempt": attempt, "worker": worker}
        if await self._one(BEGIN_CALL, **begun) is None:
            raise LostClaim

    async def store_answer(
        self, answer: Message, call: ModelCall, reservation_id: UUID, spent: Mapping[str, int], attempt: int
    ) -> None:
        held = await self._value(
            STORE_ANSWER,
            **_answer(answer),
            **_result(call),
            call=call.id,
            reservations=[reservation_id],
            spent=dict(spent),
            whole=False,
            started=True,
            attempt=attempt,
        )
        if not held:
            raise LostClaim

    async def finish(self, call: ModelCall) -> None:
        await self._run(CLOSE_CALL, call=call.id, **_result(call))

    async def set_outcome(self, call_id: UUID, outcome: CallOutcome) -> None:
        """Like `finish`, with the usage that is already known."""
        await self._run(CLOSE_CALL, call=call_id, **dict.fromkeys(_RESULT) | {"outcome": outcome.value})

    async def unfinished(self, turn_id: UUID) -> Sequence[ModelCall]:
        return [_to_call(row) for row in await self._all(_UNFINISHED, turn=turn_id)]

    async def of_turn(self, turn_id: UUID) -> Sequence[ModelCall]:
        return [_to_call(row) for row in await self._all(_OF_TURN, turn=turn_id)]

    async def reserve(self, reservation_id: UUID, lines: Sequence[BudgetLine]) -> Sequence[BudgetLine]:
        """The counters touched stay locked until the transaction ends: keep it short."""
        wanted = _columns(lines)
        rows = await self._all(RESERVE, reservation=reservation_id, lines=_stored(lines), **wanted)
        if lines and not rows:
            await self._run(
                CREATE_COUNTERS, **{name: wanted[name] for name in ("scopes", "periods", "units")}
            )
            rows = await self._all(RESERVE, reservation=reservation_id, lines=_stored(lines), **wanted)
        full = {(row.scope, row.period, row.unit) for row in rows if not row.fits}
        if full and await self._one(_HELD, reservation=reservation_id):
            return ()
        return [line for line in lines if (line.scope, line.period, line.unit) in full]

    async def start_reservation(self, reservation_id: UUID) -> None:
        await self._run(_START, reservation=reservation_id)

    async def settle(self, reservation_id: UUID, spent: Mapping[str, int]) -> bool:
        return await self._give_back([reservation_id], spent) == 1

    async def settle_whole(self, reservation_id: UUID) -> bool:
        return await self._give_back([reservation_id], {}, whole=True) == 1

    async def sweep_reservations(self, before: datetime) -> int:
        forgotten = [row.id for row in await self._all(_UNSTARTED, before=before)]
        return await self._give_back(forgotten, {}, started=False) if forgotten else 0

    async def budget(self, scope: str, period: date, unit: str) -> BudgetState:
        row = await self._one(_COUNTER, scope=scope, period=period, unit=unit)
        return BudgetState(row.spent, row.reserved) if row else BudgetState(0, 0)

    async def _give_back(
        self,
        reservations: Sequence[UUID],
        spent: Mapping[str, int],
        *,
        whole: bool = False,
        started: bool = True,
    ) -> int:
        """How many there were. `whole`: all that was held is spent; `started`: also begun ones."""
        found = await self._value(
            GIVE_BACK, reservations=list(reservations), spent=dict(spent), whole=whole, started=started
        )
        return int(found)


_RESULT = (
    "outcome",
    "tokens_in",
    "cached_read",
    "cached_write",
    "tokens_out",
    "estimated",
    "cost",
    "latency_ms",
    "first_token_ms",
    "error",
    "request_id",
    "saved",
    "failover",
    "seconds",
)


def _identity(call: ModelCall) -> dict[str, object]:
    return {
        "id": call.id,
        "team": call.actor.team,
        "user_id": call.actor.user,
        "channel": call.channel,
        "provider": call.provider,
        "model": call.model,
        "purpose": call.purpose,
        "started_at": call.started_at,
        "day": call.day,
        "turn_id": call.turn_id,
    }


def _answer(message: Message) -> dict[str, object]:
    return {
        "message": message.id,
        "conversation": message.conversation_id,
        "turn": message.turn_id,
        "ts": message.ts,
        "text": storable(message.text),
        "at": message.at,
        "tokens": message.tokens,
    }


def _result(call: ModelCall) -> dict[str, object]:
    return {
        "outcome": call.outcome.value,
        "tokens_in": call.usage.tokens_in,
        "cached_read": call.usage.cached_read,
        "cached_write": call.usage.cached_write,
        "tokens_out": call.usage.tokens_out,
        "estimated": call.usage.estimated,
        "cost": call.cost,
        "latency_ms": call.latency_ms,
        "first_token_ms": call.first_token_ms,
        "error": call.error,
        "request_id": call.request_id,
        "saved": call.saved,
        "failover": call.failover,
        "seconds": call.seconds,
    }


def _to_call(row: Row[Any]) -> ModelCall:
    return ModelCall(
        id=row.id,
        actor=Actor(row.team, row.user_id),
        channel=row.channel,
        provider=row.provider,
        model=row.model,
        purpose=row.purpose,
        started_at=row.started_at,
        day=row.day,
        turn_id=row.turn_id,
        outcome=CallOutcome(row.outcome),
        usage=Usage(row.tokens_in, row.cached_read, row.cached_write, row.tokens_out, row.estimated),
        cost=row.cost,
        latency_ms=row.latency_ms,
        first_token_ms=row.first_token_ms,
        error=row.error,
        request_id=row.request_id,
        saved=row.saved,
        failover=row.failover,
        seconds=row.seconds,
    )


def _columns(lines: Sequence[BudgetLine]) -> dict[str, list[Any]]:
    return {
        "scopes": [line.scope for line in lines],
        "periods": [line.period for line in lines],
        "units": [line.unit for line in lines],
        "amounts": [line.amount for line in lines],
        "caps": [line.cap for line in lines],
    }


def _stored(lines: Sequence[BudgetLine]) -> list[dict[str, object]]:
    return [
        {"scope": line.scope, "period": line.period.isoformat(), "unit": line.unit, "amount": line.amount}
        for line in lines
    ]
