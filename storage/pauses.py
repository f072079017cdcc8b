"""For whom, or where, AI is paused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from services.entities.alerts import Pause
from storage.store import Store
from storage.tables import pauses

_PAUSE = insert(pauses)
_PAUSED = _PAUSE.on_conflict_do_update(
    index_elements=list(pauses.primary_key),
    set_={name: _PAUSE.excluded[name] for name in ("set_by", "at", "until")},
)
_RESUME = (
    delete(pauses)
    .where(
        pauses.c.team == bindparam("team"),
        pauses.c.kind == bindparam("kind"),
        pauses.c.subject == bindparam("subject"),
    )
    .returning(pauses.c.until)
)
_ACTIVE = (
    select(pauses)
    .where(
        pauses.c.team == bindparam("team"), or_(pauses.c.until.is_(None), pauses.c.until > bindparam("now"))
    )
    .order_by(pauses.c.at, pauses.c.kind, pauses.c.subject)
)


class SqlPauseStore(Store):
    async def pause(self, pause: Pause) -> None:
        await self._run(
            _PAUSED,
            team=pause.team,
            kind=pause.kind,
            subject=pause.subject,
            set_by=pause.by,
            at=pause.at,
            until=pause.until,
        )

    async def resume(self, team: str, kind: str, subject: str) -> bool:
        return await self._one(_RESUME, team=team, kind=kind, subject=subject) is not None

    async def active(self, team: str, now: datetime) -> Sequence[Pause]:
        rows = await self._all(_ACTIVE, team=team, now=now)
        return [Pause(row.team, row.kind, row.subject, row.set_by, row.at, row.until) for row in rows]
