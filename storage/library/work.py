"""Which worker works on which item. A claim is an attempt's number: who comes with an older one has lost it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, and_, any_, bindparam, case, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError

from services.entities.library import Content, ContentState
from services.errors import LostClaim
from storage.library.rows import to_content, work_of
from storage.store import Store
from storage.tables import content_is_open, contents
from storage.tables.library import content_channels

OPEN, WAITING = ContentState.OPEN.value, ContentState.WAITING.value

_by_id = contents.c.id == bindparam("content")
_free = or_(contents.c.lease_until.is_(None), contents.c.lease_until <= bindparam("now"))
_held = and_(_by_id, contents.c.attempts == bindparam("attempt"), contents.c.state == OPEN)
_CLAIM = (
    update(contents)
    .where(_by_id, contents.c.state == OPEN, contents.c.deleted_at.is_(None), _free)
    .values(
        attempts=contents.c.attempts + 1,
        worker=bindparam("by"),
        lease_until=bindparam("until"),
        wake_at=None,
        reason=None,
    )
    .returning(contents)
)
_EXTEND = (
    update(contents)
    .where(_held)
    .values(lease_until=bindparam("until"))
    .returning(or_(contents.c.stop_requested, contents.c.deleted_at.is_not(None)).label("stop"))
)
_ENDED = {"worker": None, "lease_until": None}
_MERGE = (
    update(contents)
    .where(_held)
    .values(state=ContentState.MERGED.value, object_key=None, **_ENDED)
    .returning(contents.c.id)
)
_LEAD_ON = (
    update(content_channels)
    .where(content_channels.c.content_id == bindparam("content"))
    .values(content_id=bindparam("to"))
)
_BY_HASH = select(contents).where(
    contents.c.team == bindparam("team"),
    contents.c.sha256 == bindparam("sha256"),
    contents.c.deleted_at.is_(None),
    contents.c.object_key.is_not(None),
)
_SHOW_BY = (
    update(contents)
    .where(_by_id, contents.c.poster_file.is_not_distinct_from(bindparam("was")))
    .values(poster_file=bindparam("new_file"))
    .returning(contents.c.id)
)
_LEFT = and_(contents.c.state == OPEN, _free, contents.c.created_at <= bindparam("since"))
_DUE = and_(contents.c.state == WAITING, contents.c.wake_at <= bindparam("now"))
_OVERDUE = (
    update(contents)
    .where(content_is_open, contents.c.deleted_at.is_(None), or_(_LEFT, _DUE))
    .values(state=OPEN)
    .returning(contents.c.id)
)
_WAKE = (
    update(contents)
    .where(
        contents.c.team == bindparam("of_team"),
        contents.c.state == WAITING,
        contents.c.deleted_at.is_(None),
        contents.c.reason == any_(bindparam("reasons", type_=ARRAY(Text))),
    )
    .values(state=OPEN)
    .returning(contents.c.id)
)
_only_waits = or_(contents.c.state.in_([WAITING, ContentState.UNCERTAIN.value]), _free)
_STOP = (
    update(contents)
    .where(_by_id, contents.c.state.in_([OPEN, WAITING, ContentState.UNCERTAIN.value]))
    .values(
        stop_requested=True,
        state=case((_only_waits, ContentState.STOPPED.value), else_=contents.c.state),
    )
)


class Work(Store):
    async def claim(
        self, content_id: UUID, *, worker: str, now: datetime, lease_until: datetime
    ) -> Content | None:
        row = await self._one(_CLAIM, content=content_id, by=worker, now=now, until=lease_until)
        return to_content(row) if row else None

    async def extend(self, content_id: UUID, attempt: int, lease_until: datetime) -> bool:
        row = await self._one(_EXTEND, content=content_id, attempt=attempt, until=lease_until)
        if row is None:
            raise LostClaim
        return bool(row.stop)

    async def keep(self, content: Content) -> None:
        ended = {} if content.state is ContentState.OPEN else _ENDED
        values = {**work_of(content), **ended}
        statement = update(contents).where(_held).values(values).returning(contents.c.id)
        try:
            kept = await self._one(statement, content=content.id, attempt=content.attempts)
        except IntegrityError as error:  # the same bytes, a moment ago: the next attempt finds them
            raise LostClaim from error
        if kept is None:
            raise LostClaim

    async def link(self, content: Content, to: UUID) -> None:
        if await self._one(_MERGE, content=content.id, attempt=content.attempts) is None:
            raise LostClaim
        await self._run(_LEAD_ON, content=content.id, to=to)

    async def by_hash(self, team: str, sha256: str) -> Content | None:
        row = await self._one(_BY_HASH, team=team, sha256=sha256)
        return to_content(row) if row else None

    async def show_by(self, content_id: UUID, poster_file: str | None, *, instead_of: str | None) -> bool:
        row = await self._one(_SHOW_BY, content=content_id, new_file=poster_file, was=instead_of)
        return row is not None

    async def overdue(self, now: datetime, *, waiting_since: datetime) -> Sequence[UUID]:
        return [row.id for row in await self._all(_OVERDUE, now=now, since=waiting_since)]

    async def wake(self, team: str, reasons: Collection[str]) -> Sequence[UUID]:
        return [row.id for row in await self._all(_WAKE, of_team=team, reasons=list(reasons))]

    async def turn(
        self, content_id: UUID, to: ContentState, *, of: Collection[ContentState], reason: str | None = None
    ) -> bool:
        values: dict[str, object] = {"state": to.value, "reason": reason, "wake_at": None}
        if to is ContentState.OPEN:
            values |= {"stop_requested": False, **_ENDED}
        among = contents.c.state.in_([state.value for state in of])
        statement = update(contents).where(_by_id, among).values(values).returning(contents.c.id)
        return await self._one(statement, content=content_id) is not None

    async def request_stop(self, content_id: UUID, now: datetime) -> None:
        """An open item without a live lease is not being worked on: nobody would hear of it."""
        await self._run(_STOP, content=content_id, now=now)
