from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.entities.conversations import Author, Place
from services.entities.turns import Feedback, Turn, TurnState
from services.errors import LostClaim
from tests.fakes.chat.base import OPEN, RUNNING, ChatBase
from tests.fakes.memory import TurnRow

DECIDABLE = (TurnState.UNCERTAIN, TurnState.FAILED, TurnState.PARTIAL)
SEEN = (TurnState.DELIVERING, TurnState.ANSWERED, *DECIDABLE)
UNASKED = (TurnState.WAITING, TurnState.REFUSED, TurnState.MERGED)


class FakeTurns(ChatBase):
    async def hold(self, turn_id: UUID, attempt: int) -> None:
        row = self._memory.turns.get(turn_id)
        if row is None or row.turn.state not in RUNNING or row.turn.attempts != attempt:
            raise LostClaim

    async def set_turn(
        self, turn_id: UUID, state: TurnState, *, error: str | None = None, attempt: int | None = None
    ) -> bool:
        if attempt is not None:
            await self.hold(turn_id, attempt)
        row = self._memory.turns.get(turn_id)
        if row is None:
            return False
        lease = row.lease_until if state in RUNNING else None
        self._save_turn(row, state=state, error=error, lease_until=lease)
        waiting = self._turns_in(row.turn.conversation_id, TurnState.WAITING)
        return any(other.turn.id != turn_id for other in waiting)

    async def turn(self, turn_id: UUID) -> Turn | None:
        row = self._memory.turns.get(turn_id)
        return row.turn if row else None

    async def turn_of_answer(self, team: str, channel: str, ts: str) -> Turn | None:
        for post in self._memory.posts.values():
            here = (post.team, post.channel, post.ts) == (team, channel, ts)
            if here and post.turn_id and post.kind in ("stream", "post"):
                return await self.turn(post.turn_id)
        said = self._said(team, channel, ts)
        ours = said is not None and said.message.author is Author.US and said.message.turn_id
        return await self.turn(ours) if ours else None

    async def turn_of_question(self, team: str, channel: str, ts: str) -> Turn | None:
        said = self._said(team, channel, ts)
        return None if said is None or said.message.author is Author.US else self._lead(said.message.turn_id)

    async def wait_again(self, turn_id: UUID) -> None:
        row = self._memory.turns.get(turn_id)
        if row and row.turn.state in DECIDABLE:
            self._save_turn(row, state=TurnState.WAITING, stop_requested=False, error=None)

    async def request_stop(self, place: Place, *, user: str | None = None) -> Sequence[Turn]:
        conversation = self._at(place)
        rows = self._turns_in(conversation.id, *OPEN) if conversation else []
        return [self._stop(row) for row in rows if user in (None, row.turn.user)]

    async def stop_turn(self, turn_id: UUID) -> None:
        row = self._memory.turns.get(turn_id)
        if row and row.turn.state in OPEN:
            self._stop(row)

    async def answers_since(self, conversation_id: UUID, since: datetime) -> int:
        rows = self._turns_in(conversation_id)
        return sum(
            row.started_at is not None and row.started_at >= since and row.turn.state not in UNASKED
            for row in rows
        )

    async def bot_answered_since_person(self, conversation_id: UUID) -> bool:
        spoken = [
            row.message.at
            for row in self._memory.messages.values()
            if row.message.conversation_id == conversation_id and row.message.author is Author.PERSON
        ]
        return any(
            row.turn.is_bot and (not spoken or row.turn.created_at > max(spoken))
            for row in self._turns_in(conversation_id, *SEEN)
        )

    async def give_feedback(self, feedback: Feedback) -> None:
        key = (feedback.turn_id, feedback.actor.team, feedback.actor.user)
        self._put(self._memory.feedback, key, feedback)

    def _stop(self, row: TurnRow) -> Turn:
        waits = row.turn.state is TurnState.WAITING
        return self._save_turn(
            row, stop_requested=True, state=TurnState.CANCELLED if waits else row.turn.state
        )
