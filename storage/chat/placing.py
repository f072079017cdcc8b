"""The question of a command or shortcut gets its place in Slack."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from services.entities.conversations import Conversation
from storage.chat.rows import to_conversation
from storage.store import Store
from storage.tables import conversations, followers, message_is_ours, messages, turns

_OWN = (
    select(conversations)
    .join(turns, turns.c.conversation_id == conversations.c.id)
    .where(turns.c.id == bindparam("turn"))
    .with_for_update(key_share=True, of=conversations)
)
_THERE = (
    select(conversations)
    .where(
        conversations.c.team == bindparam("team"),
        conversations.c.channel == bindparam("channel"),
        conversations.c.thread_ts == bindparam("thread_ts"),
    )
    .with_for_update(key_share=True)
)
_PLACE = (
    update(conversations)
    .where(conversations.c.id == bindparam("own"))
    .values(thread_ts=bindparam("new_thread_ts"), history_read=bindparam("begins_thread"))
    .returning(*conversations.c)
)
_FORGET_COPY = delete(messages).where(
    messages.c.team == bindparam("team"),
    messages.c.channel == bindparam("channel"),
    messages.c.ts == bindparam("ts"),
    messages.c.turn_id.is_(None),
)
_GIVE_TS = (
    update(messages)
    .where(messages.c.turn_id == bindparam("turn"), ~message_is_ours, messages.c.ts.is_(None))
    .values(ts=bindparam("new_ts"))
)
_JOIN_FOLLOWERS = (
    insert(followers)
    .from_select(
        ["conversation_id", "user_id"],
        select(bindparam("there", type_=followers.c.conversation_id.type), followers.c.user_id).where(
            followers.c.conversation_id == bindparam("own")
        ),
    )
    .on_conflict_do_nothing()
)
_JOIN_TURNS, _JOIN_MESSAGES = (
    update(table)
    .where(table.c.conversation_id == bindparam("own"))
    .values(conversation_id=bindparam("there"))
    for table in (turns, messages)
)
_DROP_OWN = delete(conversations).where(conversations.c.id == bindparam("own"))


class Placing(Store):
    async def place_question(self, turn_id: UUID, thread_ts: str, ts: str) -> Conversation:
        """Another conversation than before where somebody wrote into the new thread faster than this."""
        own = (await self._connection.execute(_OWN, {"turn": turn_id})).one()
        placed = own if own.thread_ts else await self._place(own, thread_ts, begins_thread=thread_ts == ts)
        await self._run(_FORGET_COPY, team=own.team, channel=own.channel, ts=ts)
        await self._run(_GIVE_TS, turn=turn_id, new_ts=ts)
        return to_conversation(placed)

    async def _place(self, own: Row[Any], thread_ts: str, *, begins_thread: bool) -> Row[Any]:
        try:
            async with self._connection.begin_nested():
                return (
                    await self._connection.execute(
                        _PLACE, {"own": own.id, "new_thread_ts": thread_ts, "begins_thread": begins_thread}
                    )
                ).one()
        except IntegrityError:
            return await self._join(own, thread_ts)

    async def _join(self, own: Row[Any], thread_ts: str) -> Row[Any]:
        at = {"team": own.team, "channel": own.channel, "thread_ts": thread_ts}
        there = (await self._connection.execute(_THERE, at)).one()
        for move in (_JOIN_TURNS, _JOIN_MESSAGES, _JOIN_FOLLOWERS):
            await self._run(move, own=own.id, there=there.id)
        await self._run(_DROP_OWN, own=own.id)
        return there
