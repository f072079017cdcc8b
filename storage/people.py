"""Slack users as last read from the workspace, and the settings they chose here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from services.entities.people import Actor, Person
from storage.store import Store
from storage.tables import users

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_AS_READ = ("name", "timezone", "is_bot", "is_guest", "is_admin", "is_deleted", "read_at")

_stored = select(users).where(users.c.team == bindparam("team"), users.c.user_id == bindparam("user"))
_READ = _stored.where(users.c.read_at >= bindparam("fresh_since"))
_SETTINGS = _stored.with_only_columns(users.c.settings)
_new = insert(users)
_SAVE = _new.on_conflict_do_update(
    index_elements=[users.c.team, users.c.user_id],
    set_={name: _new.excluded[name] for name in _AS_READ},
)
_CHANGED = (
    update(users)
    .where(users.c.team == bindparam("of_team"), users.c.user_id == bindparam("of_user"))
    .values(read_at=LONG_AGO)
)
_SET = _new.on_conflict_do_update(
    index_elements=[users.c.team, users.c.user_id],
    set_={"settings": users.c.settings.concat(_new.excluded.settings)},
)


class SqlPeopleStore(Store):
    async def person(self, actor: Actor, *, fresh_since: datetime) -> Person | None:
        row = await self._one(_READ, team=actor.team, user=actor.user, fresh_since=fresh_since)
        return _to_person(row) if row else None

    async def save_person(self, person: Person, at: datetime) -> None:
        await self._run(
            _SAVE,
            team=person.team,
            user_id=person.user,
            name=person.name,
            timezone=person.timezone,
            is_bot=person.is_bot,
            is_guest=person.is_guest,
            is_admin=person.is_admin,
            is_deleted=person.is_deleted,
            settings=dict(person.settings),
            read_at=at,
        )

    async def changed(self, actor: Actor) -> None:
        await self._run(_CHANGED, of_team=actor.team, of_user=actor.user)

    async def set_setting(self, actor: Actor, name: str, value: str) -> None:
        await self._run(_SET, team=actor.team, user_id=actor.user, settings={name: value})

    async def settings(self, actor: Actor) -> Mapping[str, str]:
        row = await self._one(_SETTINGS, team=actor.team, user=actor.user)
        return row.settings if row else {}


def _to_person(row: Row[Any]) -> Person:
    return Person(
        team=row.team,
        user=row.user_id,
        name=row.name,
        timezone=row.timezone,
        is_bot=row.is_bot,
        is_guest=row.is_guest,
        is_admin=row.is_admin,
        is_deleted=row.is_deleted,
        settings=row.settings,
    )
