"""Items one at a time: as a reader may see them, and what is done to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from services.entities.library import Content, Share
from storage.chat.rows import storable
from storage.library.rows import to_content, to_share
from storage.library.visible import visible
from storage.store import Store
from storage.tables import ai_calls, contents
from storage.tables.library import content_channels, content_parts

_by_id = contents.c.id == bindparam("content")
_BY_ID = select(contents).where(_by_id)
_VISIBLE_ID = visible().where(_by_id)
_VISIBLE_SHORT = visible().where(contents.c.short == bindparam("short"))
_SHARES = (
    select(content_channels)
    .where(content_channels.c.content_id == bindparam("content"))
    .order_by(content_channels.c.at, content_channels.c.id)
)
_DELETED = select(contents).where(
    contents.c.team == bindparam("team"),
    contents.c.short == bindparam("short"),
    contents.c.deleted_at.is_not(None),
)
_RENAME = update(contents).where(_by_id).values(title=bindparam("new_title"))
_TAG = update(contents).where(_by_id).values(tags=bindparam("new_tags"))
_DELETE = update(contents).where(_by_id).values(deleted_at=bindparam("at"))
_DROP = (
    delete(content_channels)
    .where(
        content_channels.c.content_id == bindparam("content"), content_channels.c.user_id == bindparam("user")
    )
    .returning(content_channels.c.id)
)
_GONE = select(contents).where(contents.c.deleted_at <= bindparam("moment"))
_COST = (
    select(func.sum(ai_calls.c.cost))
    .join(content_parts, content_parts.c.call_id == ai_calls.c.id)
    .where(content_parts.c.content_id == bindparam("content"))
)
_BEFORE = (
    select(content_channels.c.id)
    .where(
        content_channels.c.team == bindparam("team"),
        content_channels.c.audience == bindparam("audience"),
        content_channels.c.id < bindparam("share"),
    )
    .limit(1)
)
_FORGET = delete(contents).where(_by_id)


class Items(Store):
    async def item(self, team: str, audiences: Collection[str], which: UUID | str) -> Content | None:
        reader = {"team": team, "audiences": list(audiences)}
        if isinstance(which, UUID):
            row = await self._one(_VISIBLE_ID, **reader, content=which)
        else:
            row = await self._one(_VISIBLE_SHORT, **reader, short=which)
        return to_content(row) if row else None

    async def content(self, content_id: UUID) -> Content | None:
        row = await self._one(_BY_ID, content=content_id)
        return to_content(row) if row else None

    async def contents(self, ids: Collection[UUID]) -> Sequence[Content]:
        rows = await self._all(select(contents).where(contents.c.id.in_(list(ids))))
        return [to_content(row) for row in rows]

    async def cost(self, content_id: UUID) -> Decimal | None:
        found: Decimal | None = await self._value(_COST, content=content_id)
        return found

    async def shares(self, content_id: UUID) -> Sequence[Share]:
        return [to_share(row) for row in await self._all(_SHARES, content=content_id)]

    async def first_in(self, share: Share) -> bool:
        found = await self._one(_BEFORE, team=share.place.team, audience=share.audience, share=share.id)
        return found is None

    async def deleted_item(self, team: str, short: str) -> Content | None:
        row = await self._one(_DELETED, team=team, short=short)
        return to_content(row) if row else None

    async def rename(self, content_id: UUID, title: str) -> None:
        await self._run(_RENAME, content=content_id, new_title=storable(title))

    async def tag(self, content_id: UUID, tags: Sequence[str]) -> None:
        await self._run(_TAG, content=content_id, new_tags=[storable(tag) for tag in tags])

    async def delete(self, content_id: UUID, at: datetime | None) -> bool:
        try:
            async with self._connection.begin_nested():
                await self._run(_DELETE, content=content_id, at=at)
        except IntegrityError:  # these bytes are another item's by now
            return False
        return True

    async def drop_shares(self, content_id: UUID, user: str) -> int:
        return len(await self._all(_DROP, content=content_id, user=user))

    async def deleted_before(self, moment: datetime) -> Sequence[Content]:
        return [to_content(row) for row in await self._all(_GONE, moment=moment)]

    async def forget(self, content_id: UUID) -> None:
        await self._run(_FORGET, content=content_id)
