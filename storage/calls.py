"""The ledger of provider calls and its daily rollup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, Row, bindparam, select

from services.entities.calls import CallOutcome, ModelCall, Usage
from services.entities.conversations import Message
from services.entities.people import Actor
from services.entities.tools import Round, Thought, ToolUse
from services.errors import LostClaim
from storage.budgets import SqlBudgets
from storage.call_statements import BEGIN_CALL, CLOSE_CALL, STORE_ANSWER, STORE_ROUND
from storage.chat.rows import storable
from storage.tables import OPEN_OUTCOMES, ai_calls, is_any, turn_rounds

_OF_TURN = (
    select(ai_calls)
    .where(ai_calls.c.turn_id == bindparam("turn"))
    .order_by(ai_calls.c.started_at, ai_calls.c.id)
)
_ROUNDS = select(turn_rounds).where(turn_rounds.c.turn_id == bindparam("turn")).order_by(turn_rounds.c.number)
_UNFINISHED = _OF_TURN.where(is_any(ai_calls.c.outcome, OPEN_OUTCOMES))


class SqlCallStore(SqlBudgets):
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
        self,
        answer: Message,
        call: ModelCall,
        reservation_id: UUID,
        spent: Mapping[str, int],
        attempt: int,
        *,
        kept_as: bytes | None = None,
    ) -> None:
        await self._booked(
            STORE_ANSWER, call, reservation_id, spent, attempt, **_answer(answer), kept_as=kept_as
        )

    async def store_round(
        self, round_: Round, call: ModelCall, reservation_id: UUID, spent: Mapping[str, int], attempt: int
    ) -> None:
        await self._booked(STORE_ROUND, call, reservation_id, spent, attempt, **_round(round_))

    async def _booked(
        self,
        statement: Executable,
        call: ModelCall,
        reservation_id: UUID,
        spent: Mapping[str, int],
        attempt: int,
        **kept: object,
    ) -> None:
        """The call ended and its reservation settled, with what is kept of it. Raises LostClaim."""
        held = await self._value(
            statement,
            **kept,
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

    async def rounds(self, turn_id: UUID) -> Sequence[Round]:
        return [_to_round(row) for row in await self._all(_ROUNDS, turn=turn_id)]

    async def finish(self, call: ModelCall) -> None:
        await self._run(CLOSE_CALL, call=call.id, **_result(call))

    async def set_outcome(self, call_id: UUID, outcome: CallOutcome) -> None:
        """Like `finish`, with the usage that is already known."""
        await self._run(CLOSE_CALL, call=call_id, **dict.fromkeys(_RESULT) | {"outcome": outcome.value})

    async def unfinished(self, turn_id: UUID) -> Sequence[ModelCall]:
        return [_to_call(row) for row in await self._all(_UNFINISHED, turn=turn_id)]

    async def of_turn(self, turn_id: UUID) -> Sequence[ModelCall]:
        return [_to_call(row) for row in await self._all(_OF_TURN, turn=turn_id)]


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
    "searched",
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


def _round(round_: Round) -> dict[str, object]:
    return {
        "turn": round_.turn_id,
        "number": round_.number,
        "text": storable(round_.text),
        "uses": [{"id": u.id, "name": u.name, "arguments": storable(u.arguments)} for u in round_.uses],
        "thoughts": [{"model": each.model, "content": dict(each.content)} for each in round_.thoughts],
    }


def _to_round(row: Row[Any]) -> Round:
    uses = tuple(ToolUse(each["id"], each["name"], each["arguments"]) for each in row.uses)
    thoughts = tuple(Thought(each["model"], each["content"]) for each in row.thoughts)
    return Round(row.turn_id, row.number, row.text, uses, thoughts)


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
        "searched": call.searched,
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
        searched=row.searched,
    )
