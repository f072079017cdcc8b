"""Which digests are planned, and which are shown."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.store import Store
from storage.tables import digests

_PLAN = insert(digests).on_conflict_do_nothing()
_the_digest = [
    digests.c.team == bindparam("the_team"),
    digests.c.kind == bindparam("the_kind"),
    digests.c.period == bindparam("the_period"),
]
_SHOWN = select(digests.c.shown_at).where(*_the_digest)
_SET_SHOWN = update(digests).where(*_the_digest).values(shown_at=bindparam("at"))


class SqlDigestStore(Store):
    async def plan(self, team: str, kind: str, period: date, at: datetime) -> bool:
        await self._run(_PLAN, team=team, kind=kind, period=period, planned_at=at)
        return await self._value(_SHOWN, the_team=team, the_kind=kind, the_period=period) is None

    async def set_shown(self, team: str, kind: str, period: date, at: datetime) -> None:
        await self._run(_SET_SHOWN, the_team=team, the_kind=kind, the_period=period, at=at)
