"""What comes in, and which channels add by themselves."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from services.entities.library import ChannelMode, Content, Share
from services.entities.people import Actor
from services.ports.library import Received
from services.short import short_of
from storage.chat.rows import storable
from storage.library.rows import from_share, to_content, to_share
from storage.store import Store
from storage.tables import contents, library_channels
from storage.tables.library import content_channels

_KNOWN = (
    select(contents)
    .join(content_channels, content_channels.c.content_id == contents.c.id)
    .where(content_channels.c.team == bindparam("team"), content_channels.c.file_id == bindparam("file_id"))
    .order_by(contents.c.deleted_at.is_not(None), contents.c.id.desc())
    .limit(1)
)
_ADD = insert(contents).on_conflict_do_nothing(index_elements=["team", "short"]).returning(contents.c.id)
SHORTS = 5
"""Tries to find a short id that no other item of the team has."""
_BY_OBJECT = (
    select(contents)
    .where(
        or_(
            contents.c.object_key == bindparam("key"),
            contents.c.poster_key == bindparam("key"),
            contents.c.sheet_key == bindparam("key"),
        )
    )
    .order_by(contents.c.deleted_at.is_not(None), contents.c.id.desc())
    .limit(1)
)
_DROP_SHARE = delete(content_channels).where(content_channels.c.id == bindparam("share"))
_SHARE = insert(content_channels)
_SHARED = select(content_channels).where(
    content_channels.c.team == bindparam("team"),
    content_channels.c.file_id == bindparam("file_id"),
    content_channels.c.audience == bindparam("audience"),
)
_MODE = select(library_channels.c.mode).where(
    library_channels.c.team == bindparam("team"), library_channels.c.channel == bindparam("channel")
)
_new_mode = insert(library_channels)
_SET_MODE = _new_mode.on_conflict_do_update(
    index_elements=["team", "channel"],
    set_={"mode": _new_mode.excluded.mode, "user_id": _new_mode.excluded.user_id},
)
# Whoever receives a file waits for whoever is receiving the same one.
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"


class Intake(Store):
    async def receive(self, content: Content, share: Share) -> Received:
        known = None
        if share.file is not None:
            await self._alone(f"library {content.team} {share.file.id}")
            known = await self._one(_KNOWN, team=content.team, file_id=share.file.id)
        there = await self._there(share)
        if known is None or (known.deleted_at is not None and there is None):
            content = await self._added(content)
            await self._run(_SHARE, **from_share(share))
            return Received(content, share, fresh=True)
        if there is not None:
            return Received(to_content(known), there, fresh=False, linked=True)
        linked = replace(share, content_id=known.id)
        await self._run(_SHARE, **from_share(linked))
        return Received(to_content(known), linked, fresh=True, linked=True)

    async def _added(self, content: Content) -> Content:
        for again in range(SHORTS):
            known_by = replace(content, short=short_of(content.id, again=again)) if again else content
            if await self._one(_ADD, **_new(known_by)) is not None:
                return known_by
        raise ValueError("no short id is free")

    async def share(self, share: Share) -> None:
        await self._run(_SHARE, **from_share(share))

    async def drop_share(self, share_id: UUID) -> None:
        await self._run(_DROP_SHARE, share=share_id)

    async def by_object(self, key: str) -> Content | None:
        row = await self._one(_BY_OBJECT, key=key)
        return to_content(row) if row else None

    async def _there(self, share: Share) -> Share | None:
        """The same file in the same place."""
        if share.file is None:
            return None
        row = await self._one(_SHARED, team=share.place.team, file_id=share.file.id, audience=share.audience)
        return to_share(row) if row else None

    async def by_file(self, team: str, file_id: str) -> Content | None:
        row = await self._one(_KNOWN, team=team, file_id=file_id)
        return to_content(row) if row and row.deleted_at is None else None

    async def mode(self, team: str, channel: str) -> ChannelMode | None:
        found = await self._value(_MODE, team=team, channel=channel)
        return ChannelMode(found) if found else None

    async def set_mode(self, actor: Actor, channel: str, mode: ChannelMode) -> None:
        await self._run(_SET_MODE, team=actor.team, channel=channel, mode=mode.value, user_id=actor.user)

    async def _alone(self, what: str) -> None:
        await self._connection.exec_driver_sql(_ALONE.replace(":what", "$1"), (what,))


def _new(content: Content) -> dict[str, object]:
    return {
        "id": content.id,
        "team": content.team,
        "short": content.short,
        "user_id": content.user,
        "title": storable(content.title),
        "state": content.state.value,
        "reason": content.reason,
        "tags": list(content.tags),
        "created_at": content.created_at,
        "object_key": content.object_key,
        "sha256": content.sha256,
        "size": content.size,
    }
