from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from services.entities.conversations import Author, Conversation, Message, ThreadMessage
from services.entities.turns import Turn
from tests.fakes.chat.base import ChatBase
from tests.fakes.memory import MessageRow


class FakeMessages(ChatBase):
    async def messages(self, conversation_id: UUID, *, after: datetime | None = None) -> Sequence[Message]:
        found = [
            row.message
            for row in self._memory.messages.values()
            if row.message.conversation_id == conversation_id
            and not row.deleted
            and (after is None or row.message.at > after)
        ]
        return sorted(found, key=lambda message: (message.at, message.id))

    async def add_messages(self, conversation_id: UUID, history: Sequence[ThreadMessage]) -> None:
        conversation = self._memory.conversations[conversation_id]
        for one in history:
            if not self._is_known(conversation, one):
                message = Message(
                    uuid7(), conversation_id, one.author, one.user, one.text, one.at, one.ts, None, one.files
                )
                self._save_message(MessageRow(message, conversation.team, conversation.channel))

    async def add_answer(self, message: Message) -> None:
        conversation = self._memory.conversations[message.conversation_id]
        known = await self.answer_of(message.turn_id) if message.turn_id else None
        if known:
            message = replace(message, id=known.id, files=known.files)
        self._save_message(MessageRow(message, conversation.team, conversation.channel))

    async def answer_of(self, turn_id: UUID) -> Message | None:
        rows = self._memory.messages.values()
        ours = (r.message for r in rows if r.message.turn_id == turn_id and r.message.author is Author.US)
        return next(ours, None)

    async def edit_message(self, team: str, channel: str, ts: str, text: str) -> Turn | None:
        row = self._theirs(team, channel, ts)
        if row is None or row.message.text == text:
            return None
        self._save_message(row, text=text)
        return self._lead(row.message.turn_id)

    async def delete_message(self, team: str, channel: str, ts: str) -> Turn | None:
        self._put(self._memory.events, (team, f"deleted {channel} {ts}"), "deletion")
        row = self._theirs(team, channel, ts)
        if row is None:
            return None
        self._save_message(row, text="", files=(), deleted=True)
        lead = self._lead(row.message.turn_id)
        return lead if lead and not self._questions_of(lead.id) else None

    def _theirs(self, team: str, channel: str, ts: str) -> MessageRow | None:
        row = self._said(team, channel, ts)
        return row if row and row.message.author is not Author.US and not row.deleted else None

    def _is_known(self, conversation: Conversation, one: ThreadMessage) -> bool:
        here = (conversation.team, conversation.channel)
        posted = any(
            post.id == one.post_id
            or (post.turn_id is not None and (post.team, post.channel, post.ts) == (*here, one.ts))
            for post in self._memory.posts.values()
        )
        return posted or self._said(*here, one.ts) is not None
