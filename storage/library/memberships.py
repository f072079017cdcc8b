"""Who is in which channel, as Slack said last; what is heard meanwhile makes it be asked anew."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from services.entities.people import Actor
from services.ports.library import Membership
from storage.store import Store
from storage.tables import library_channels, memberships
from storage.tables.library import content_channels

_of = (memberships.c.team == bindparam("team")) & (memberships.c.user_id == bindparam("user"))
_READ = select(memberships).where(_of)
_new = insert(memberships)
_SAVE = _new.on_conflict_do_update(
    index_elements=["team", "user_id"],
    set_={"channels": _new.excluded.channels, "read_at": _new.excluded.read_at},
    where=memberships.c.changes == _new.excluded.changes,
).returning(memberships.c.user_id)
_MOVED = insert(memberships).values(changes=1)
_MOVED = _MOVED.on_conflict_do_update(
    index_elements=["team", "user_id"], set_={"read_at": None, "changes": memberships.c.changes + 1}
)
_CHANGED = (
    update(memberships)
    .where(memberships.c.team == bindparam("in_team"))
    .values(read_at=None, changes=memberships.c.changes + 1)
)


_there = content_channels.alias("there")
_SHARES_MOVE = (
    update(content_channels)
    .where(
        content_channels.c.team == bindparam("in_team"),
        content_channels.c.audience == bindparam("old"),
        ~exists().where(
            _there.c.team == content_channels.c.team,
            _there.c.file_id == content_channels.c.file_id,
            _there.c.audience == bindparam("new"),
        ),
    )
    .values(audience=bindparam("new"), channel=bindparam("new"))
)
_other = library_channels.alias("other")
_MODE_MOVES = (
    update(library_channels)
    .where(
        library_channels.c.team == bindparam("in_team"),
        library_channels.c.channel == bindparam("old"),
        ~exists().where(_other.c.team == bindparam("in_team"), _other.c.channel == bindparam("new")),
    )
    .values(channel=bindparam("new"))
)


class Memberships(Store):
    async def membership(self, actor: Actor, *, fresh_since: datetime) -> Membership:
        row = await self._one(_READ, team=actor.team, user=actor.user)
        if row is None:
            return Membership(None, 0)
        fresh = row.read_at is not None and row.read_at >= fresh_since
        return Membership(frozenset(row.channels) if fresh else None, row.changes)

    async def save_membership(
        self, actor: Actor, channels: Collection[str], changes: int, at: datetime
    ) -> bool:
        values = {"team": actor.team, "user_id": actor.user, "channels": sorted(channels)}
        return await self._one(_SAVE, **values, changes=changes, read_at=at) is not None

    async def moved(self, actor: Actor) -> None:
        await self._run(_MOVED, team=actor.team, user_id=actor.user)

    async def channel_changed(self, team: str, channel: str) -> None:  # noqa: ARG002 - see below
        """Of everybody in the team: who reads the list just now may have it from before the change."""
        await self._run(_CHANGED, in_team=team)

    async def channel_became(self, team: str, old: str, new: str) -> None:
        for statement in (_SHARES_MOVE, _MODE_MOVES):
            await self._run(statement, in_team=team, old=old, new=new)
        await self._run(_CHANGED, in_team=team)
