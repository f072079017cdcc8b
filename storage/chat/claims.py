"""Which worker works on which turn. The conversation's row lock decides; no lock outlives the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, update

from services.entities.conversations import Conversation
from services.entities.turns import Claim, Source, Turn, TurnState
from services.ports.chat import NO_GRACE
from storage.chat.rows import to_conversation, to_message, to_turn
from storage.chat.statements import EXTEND_LEASES, OVERDUE, QUESTIONS_ABOUT, TAKE_FRESH, TAKE_TURN
from storage.store import Store
from storage.tables import RUNNING_STATES, conversations, is_any, turn_is_open, turns

_MERGEABLE = (Source.MENTION, Source.DIRECT, Source.THREAD)

_in_conversation = turns.c.conversation_id == bindparam("conversation")
_LOCK = (
    select(conversations)
    .where(conversations.c.id == bindparam("conversation"))
    .with_for_update(key_share=True)
)
_OPEN = select(turns).where(_in_conversation, turn_is_open).order_by(turns.c.created_at, turns.c.id)
_LET_GO = (
    update(turns)
    .where(_in_conversation, turns.c.worker == bindparam("claimed_by"), is_any(turns.c.state, RUNNING_STATES))
    .values(lease_until=None)
)


class Claims(Store):
    async def claim(
        self,
        conversation_id: UUID,
        *,
        worker: str,
        now: datetime,
        lease_until: datetime,
        grace: timedelta = NO_GRACE,
    ) -> Claim | None:
        place = await self._one(_LOCK, conversation=conversation_id)
        if place is None:
            return None
        lead, others = _choose(await self._all(_OPEN, conversation=conversation_id), now)
        if lead is None:
            return None
        rows = await self._all(
            TAKE_TURN,
            lead=lead.id,
            others=[turn.id for turn in others],
            worker=worker,
            now=now,
            lease_until=lease_until,
            grace=grace,
        )
        return await self._claim_of(lead, to_conversation(place), rows, worker) if rows else None

    async def claim_fresh(
        self, turn: Turn, *, worker: str, now: datetime, lease_until: datetime
    ) -> Claim | None:
        rows = await self._all(TAKE_FRESH, lead=turn.id, worker=worker, now=now, lease_until=lease_until)
        return await self._claim_of(turn, to_conversation(rows[0], turn), rows, worker) if rows else None

    async def let_go(self, conversation_id: UUID, worker: str) -> None:
        await self._run(_LET_GO, conversation=conversation_id, claimed_by=worker)

    async def extend_leases(self, turn_ids: Sequence[UUID], lease_until: datetime) -> Sequence[UUID]:
        rows = await self._all(EXTEND_LEASES, turns=list(turn_ids), lease_until=lease_until)
        return [row.id for row in rows if row.stop_requested]

    async def overdue(
        self, now: datetime, *, waiting_since: datetime, grace: timedelta = NO_GRACE
    ) -> Sequence[UUID]:
        rows = await self._all(OVERDUE, now=now, waiting_since=waiting_since, grace=grace)
        return [row.conversation_id for row in rows]

    async def _claim_of(
        self, lead: Turn, conversation: Conversation, asked: Sequence[Row[Any]], worker: str
    ) -> Claim:
        if lead.source in (Source.AGAIN, Source.CONTINUE):
            asked = await self._all(QUESTIONS_ABOUT, turn=lead.id)
        resumed = lead.state is not TurnState.WAITING
        return Claim(
            turn=replace(
                lead, state=lead.state if resumed else TurnState.RUNNING, attempts=lead.attempts + 1
            ),
            conversation=conversation,
            questions=tuple(to_message(row) for row in asked if row.id is not None),
            resumed=resumed,
            worker=worker,
        )


def _choose(rows: Sequence[Row[Any]], now: datetime) -> tuple[Turn | None, Sequence[Turn]]:
    """The turn to take, and those to merge into it; `rows` are the open turns, oldest first."""
    if any(row.lease_until is not None and row.lease_until > now for row in rows):
        return None, ()
    turns_ = [to_turn(row) for row in rows]
    left = next((turn for turn in turns_ if turn.state is not TurnState.WAITING), None)
    if left or not turns_:
        return left, ()
    lead, *others = turns_
    return lead, [turn for turn in others if _merges(lead) and _merges(turn)]


def _merges(turn: Turn) -> bool:
    return turn.source in _MERGEABLE and turn.model is None and not turn.is_bot
