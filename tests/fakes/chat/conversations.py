from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.entities.conversations import Author, Conversation, ConversationMode, Place
from services.entities.people import Actor
from tests.fakes.chat.base import ChatBase


class FakeConversations(ChatBase):
    async def conversation_at(self, place: Place) -> Conversation | None:
        return self._at(place)

    async def conversation(self, conversation_id: UUID) -> Conversation | None:
        return self._memory.conversations.get(conversation_id)

    async def follows(self, place: Place, user: str) -> bool:
        here = self._at(place)
        if here is None or here.channel_kind == "im":
            return here is not None
        return here.mode is ConversationMode.FOLLOW and (here.id, user) in self._memory.followers

    async def set_summary(self, conversation_id: UUID, summary: str, until: datetime) -> None:
        self._change(conversation_id, summary=summary, summary_until=until)

    async def set_mode(self, conversation_id: UUID, mode: ConversationMode) -> None:
        self._change(conversation_id, mode=mode)

    async def mark(
        self, conversation_id: UUID, *, history_read: bool = False, warned_full: bool = False
    ) -> None:
        known = self._memory.conversations[conversation_id]
        self._change(
            conversation_id,
            history_read=known.history_read or history_read,
            warned_full=known.warned_full or warned_full,
        )

    async def recent_conversations(self, actor: Actor, limit: int) -> Sequence[tuple[Conversation, str]]:
        asked: dict[UUID, datetime] = {}
        for row in self._memory.turns.values():
            placed = self._memory.conversations[row.turn.conversation_id].thread_ts is not None
            if row.turn.actor == actor and placed:
                at, here = row.turn.created_at, row.turn.conversation_id
                asked[here] = max(at, asked.get(here, at))
        newest = sorted(asked, key=lambda one: asked[one], reverse=True)[:limit]
        return [(self._memory.conversations[one], self._first_question(one)) for one in newest]

    async def place_question(self, turn_id: UUID, thread_ts: str, ts: str) -> Conversation:
        own = self._memory.conversations[self._memory.turns[turn_id].turn.conversation_id]
        placed = own if own.thread_ts else self._place(own, thread_ts, begins=thread_ts == ts)
        copy = self._said(own.team, own.channel, ts)
        if copy and copy.message.turn_id is None:
            self._drop(self._memory.messages, copy.message.id)
        for row in list(self._memory.messages.values()):
            theirs = row.message.turn_id == turn_id and row.message.author is not Author.US
            if theirs and row.message.ts is None:
                self._save_message(row, ts=ts)
        return placed

    def _place(self, own: Conversation, thread_ts: str, *, begins: bool) -> Conversation:
        there = self._at(Place(own.team, own.channel, thread_ts))
        if there is None:
            return self._save(replace(own, thread_ts=thread_ts, history_read=begins))
        for turn in self._turns_in(own.id):
            self._save_turn(turn, conversation_id=there.id)
        for said in list(self._memory.messages.values()):
            if said.message.conversation_id == own.id:
                self._save_message(said, conversation_id=there.id)
        for followed, user in list(self._memory.followers):
            if followed == own.id:
                self._put(self._memory.followers, (there.id, user), True)
        self._drop(self._memory.conversations, own.id)
        return there

    def _change(self, conversation_id: UUID, **changes: Any) -> None:
        self._save(replace(self._memory.conversations[conversation_id], **changes))

    def _first_question(self, conversation_id: UUID) -> str:
        asked = [
            row.message
            for row in self._memory.messages.values()
            if row.message.conversation_id == conversation_id
            and row.message.turn_id
            and row.message.author is not Author.US
            and not row.deleted
        ]
        return min(asked, key=lambda message: (message.at, message.id)).text if asked else ""
