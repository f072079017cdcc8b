"""What was said in a conversation, by whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from services.entities.conversations import Message, ThreadMessage
from services.entities.turns import Turn
from storage.chat.rows import deletion_of, from_files, storable, to_message, to_turn
from storage.chat.statements import ADD_HISTORY, DELETE_MESSAGE, EDIT_MESSAGE
from storage.store import Store
from storage.tables import conversations, message_is_ours, messages

_TOLD = (
    select(messages)
    .where(messages.c.conversation_id == bindparam("conversation"), ~messages.c.deleted)
    .order_by(messages.c.at, messages.c.id)
)
_TOLD_AFTER = _TOLD.where(messages.c.at > bindparam("after"))
_ANSWER = select(messages).where(messages.c.turn_id == bindparam("turn"), message_is_ours)

_GIVEN = ("id", "conversation_id", "ts", "author", "user_id", "text", "at", "turn_id", "files", "tokens")
_answer = insert(messages).from_select(
    [*_GIVEN, "team", "channel"],
    select(
        *(bindparam(f"new_{name}", type_=messages.c[name].type) for name in _GIVEN),
        conversations.c.team,
        conversations.c.channel,
    ).where(conversations.c.id == bindparam("new_conversation_id")),
)
_ADD_ANSWER = _answer.on_conflict_do_update(
    index_elements=[messages.c.turn_id],
    index_where=message_is_ours,
    set_={name: _answer.excluded[name] for name in ("ts", "text", "at", "tokens")},
)


class Messages(Store):
    async def messages(self, conversation_id: UUID, *, after: datetime | None = None) -> Sequence[Message]:
        """`after` itself is left out."""
        if after is None:
            rows = await self._all(_TOLD, conversation=conversation_id)
        else:
            rows = await self._all(_TOLD_AFTER, conversation=conversation_id, after=after)
        return [to_message(row) for row in rows]

    async def add_messages(self, conversation_id: UUID, history: Sequence[ThreadMessage]) -> None:
        """Parts of answers of ours are left out: the whole answer is stored with its turn."""
        if history:
            said = [_from_history(message) for message in history]
            await self._run(ADD_HISTORY, conversation=conversation_id, history=said)

    async def add_answer(self, message: Message) -> None:
        """One for a turn: a second replaces the first."""
        given = _from_message(message)
        await self._run(_ADD_ANSWER, **{f"new_{name}": value for name, value in given.items()})

    async def answer_of(self, turn_id: UUID) -> Message | None:
        row = await self._one(_ANSWER, turn=turn_id)
        return to_message(row) if row else None

    async def edit_message(self, team: str, channel: str, ts: str, text: str) -> Turn | None:
        """None also where the text stays the same: Slack tells of every unfurled link as an edit."""
        row = await self._one(EDIT_MESSAGE, team=team, channel=channel, ts=ts, text=storable(text))
        return to_turn(row) if row else None

    async def delete_message(self, team: str, channel: str, ts: str) -> Turn | None:
        """The turn that is left without a question, if any."""
        deletion = deletion_of(channel, ts)
        row = await self._one(DELETE_MESSAGE, team=team, channel=channel, ts=ts, deletion=deletion)
        return to_turn(row) if row else None


def _from_message(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "conversation_id": message.conversation_id,
        "ts": message.ts,
        "author": message.author.value,
        "user_id": message.user,
        "text": storable(message.text),
        "at": message.at,
        "turn_id": message.turn_id,
        "files": from_files(message.files),
        "tokens": message.tokens,
    }


def _from_history(message: ThreadMessage) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "ts": message.ts,
        "author": message.author.value,
        "user_id": message.user,
        "text": storable(message.text),
        "at": message.at,
        "files": from_files(message.files),
        "post_id": message.post_id,
    }
