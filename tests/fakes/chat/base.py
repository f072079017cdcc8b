from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from services.entities.conversations import Author, Conversation, Message, Place
from services.entities.turns import Turn, TurnState
from tests.fakes.memory import FakeStore, MessageRow, TurnRow

RUNNING = (TurnState.RUNNING, TurnState.DELIVERING)
OPEN = (TurnState.WAITING, *RUNNING)


class ChatBase(FakeStore):
    def _at(self, place: Place) -> Conversation | None:
        if place.thread_ts is None:
            return None
        return next((one for one in self._memory.conversations.values() if one.place == place), None)

    def _save(self, conversation: Conversation) -> Conversation:
        self._put(self._memory.conversations, conversation.id, conversation)
        return conversation

    def _save_turn(self, row: TurnRow, **changes: Any) -> Turn:
        """`changes` of the row, or of its turn."""
        of_row = {name: changes.pop(name) for name in list(changes) if name in TurnRow.__slots__}
        changed = replace(row, turn=replace(row.turn, **changes), **of_row)
        self._put(self._memory.turns, changed.turn.id, changed)
        return changed.turn

    def _save_message(self, row: MessageRow, *, deleted: bool | None = None, **changes: Any) -> None:
        gone = row.deleted if deleted is None else deleted
        changed = replace(row, message=replace(row.message, **changes), deleted=gone)
        self._put(self._memory.messages, changed.message.id, changed)

    def _turns_in(self, conversation_id: UUID, *states: TurnState) -> list[TurnRow]:
        """Oldest first."""
        rows = [
            row
            for row in self._memory.turns.values()
            if row.turn.conversation_id == conversation_id and (not states or row.turn.state in states)
        ]
        return sorted(rows, key=lambda row: (row.turn.created_at, row.turn.id))

    def _said(self, team: str, channel: str, ts: str) -> MessageRow | None:
        rows = self._memory.messages.values()
        return next((r for r in rows if (r.team, r.channel, r.message.ts) == (team, channel, ts)), None)

    def _lead(self, turn_id: UUID | None) -> Turn | None:
        row = self._memory.turns.get(turn_id) if turn_id else None
        if row and row.merged_into:
            row = self._memory.turns[row.merged_into]
        return row.turn if row else None

    def _questions_of(self, lead_id: UUID) -> tuple[Message, ...]:
        """Of the turn and of those merged into it."""
        ids = {lead_id} | {row.turn.id for row in self._memory.turns.values() if row.merged_into == lead_id}
        found = [
            row.message
            for row in self._memory.messages.values()
            if row.message.turn_id in ids and row.message.author is not Author.US and not row.deleted
        ]
        return tuple(sorted(found, key=lambda message: (message.at, message.id)))
