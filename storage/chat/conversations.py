"""Slack threads that we are part of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, or_, select, update

from services.entities.conversations import Conversation, ConversationMode, Place
from services.entities.people import Actor
from storage.chat.rows import storable, to_conversation
from storage.chat.statements import RECENT_CONVERSATIONS
from storage.store import Store
from storage.tables import conversations, followers

_by_id = conversations.c.id == bindparam("conversation")
_by_place = and_(
    conversations.c.team == bindparam("team"),
    conversations.c.channel == bindparam("channel"),
    conversations.c.thread_ts == bindparam("thread_ts"),
)
_AT = select(conversations).where(_by_place)
_BY_ID = select(conversations).where(_by_id)
_FOLLOWS = select(
    or_(
        conversations.c.channel_kind == "im",
        and_(
            conversations.c.mode == ConversationMode.FOLLOW.value,
            exists().where(
                followers.c.conversation_id == conversations.c.id, followers.c.user_id == bindparam("user")
            ),
        ),
    )
).where(_by_place)

_SET_SUMMARY = (
    update(conversations)
    .where(_by_id)
    .values(summary=bindparam("new_summary"), summary_until=bindparam("new_until"))
)
_SET_MODE = update(conversations).where(_by_id).values(mode=bindparam("new_mode"))
_MARK = (
    update(conversations)
    .where(_by_id)
    .values(
        history_read=or_(conversations.c.history_read, bindparam("read")),
        warned_full=or_(conversations.c.warned_full, bindparam("warned")),
    )
)


class Conversations(Store):
    async def conversation_at(self, place: Place) -> Conversation | None:
        row = await self._one(_AT, **_where(place))
        return to_conversation(row) if row else None

    async def conversation(self, conversation_id: UUID) -> Conversation | None:
        row = await self._one(_BY_ID, conversation=conversation_id)
        return to_conversation(row) if row else None

    async def follows(self, place: Place, user: str) -> bool:
        """Always in a direct message that we know."""
        return bool(await self._value(_FOLLOWS, **_where(place), user=user))

    async def set_summary(self, conversation_id: UUID, summary: str, until: datetime) -> None:
        await self._run(
            _SET_SUMMARY, conversation=conversation_id, new_summary=storable(summary), new_until=until
        )

    async def set_mode(self, conversation_id: UUID, mode: ConversationMode) -> None:
        await self._run(_SET_MODE, conversation=conversation_id, new_mode=mode.value)

    async def mark(
        self, conversation_id: UUID, *, history_read: bool = False, warned_full: bool = False
    ) -> None:
        """What was marked stays so."""
        await self._run(_MARK, conversation=conversation_id, read=history_read, warned=warned_full)

    async def recent_conversations(self, actor: Actor, limit: int) -> Sequence[tuple[Conversation, str]]:
        rows = await self._all(RECENT_CONVERSATIONS, team=actor.team, user_id=actor.user, limit=limit)
        return [(to_conversation(row), row.question) for row in rows]


def _where(place: Place) -> dict[str, object]:
    return {"team": place.team, "channel": place.channel, "thread_ts": place.thread_ts}
