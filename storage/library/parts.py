"""The calls an item needs, and the passages that come of them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.entities.library import Part, PartState, Passage
from storage.library.rows import from_passage, to_part, to_passage
from storage.store import Store
from storage.tables.library import content_parts, transcript_segments

_of_part = content_parts.c.content_id == bindparam("content")
_the_part = _of_part & (content_parts.c.number == bindparam("part"))
_PLAN = insert(content_parts).on_conflict_do_nothing()
_PARTS = select(content_parts).where(_of_part).order_by(content_parts.c.number)
_START = (
    update(content_parts).where(_the_part).values(state=PartState.STARTED.value, call_id=bindparam("call"))
)
_REOPEN = (
    update(content_parts)
    .where(_the_part, content_parts.c.state == PartState.STARTED.value)
    .values(state=PartState.OPEN.value)
)
_FINISH = (
    update(content_parts)
    .where(
        _the_part,
        content_parts.c.call_id == bindparam("call"),
        content_parts.c.state.in_([PartState.STARTED.value, PartState.UNCERTAIN.value]),
    )
    .values(state=PartState.DONE.value)
    .returning(content_parts.c.number)
)
_TURNED = (
    select(content_parts)
    .where(_of_part, content_parts.c.state == bindparam("of"))
    .order_by(content_parts.c.number)
    .with_for_update()
)
_TURN = (
    update(content_parts)
    .where(_of_part, content_parts.c.state == bindparam("of"))
    .values(state=bindparam("into"))
)
_of_passage = transcript_segments.c.content_id == bindparam("content")
_CLEAR = delete(transcript_segments).where(_of_passage)
_new_passage = insert(transcript_segments)
_ADD = _new_passage.on_conflict_do_update(
    index_elements=["content_id", "number"],
    set_={name: _new_passage.excluded[name] for name in ("text", "start_at", "end_at", "page", "speaker")},
)
_PASSAGES = select(transcript_segments).where(_of_passage).order_by(transcript_segments.c.number)
_COUNT = select(func.count()).select_from(transcript_segments).where(_of_passage)
AT_ONCE = 1_000
"""Rows of one insert."""


class Parts(Store):
    async def plan_parts(self, content_id: UUID, parts: Sequence[Part]) -> None:
        for part in parts:
            await self._run(
                _PLAN,
                content_id=content_id,
                number=part.number,
                start_at=part.start,
                end_at=part.end,
                state=part.state.value,
            )

    async def parts(self, content_id: UUID) -> Sequence[Part]:
        return [to_part(row) for row in await self._all(_PARTS, content=content_id)]

    async def start_part(self, content_id: UUID, number: int, call_id: UUID) -> None:
        await self._run(_START, content=content_id, part=number, call=call_id)

    async def reopen_part(self, content_id: UUID, number: int) -> None:
        await self._run(_REOPEN, content=content_id, part=number)

    async def finish_part(
        self, content_id: UUID, number: int, call_id: UUID, passages: Sequence[Passage]
    ) -> bool:
        if await self._one(_FINISH, content=content_id, part=number, call=call_id) is None:
            return False
        await self._insert(content_id, passages)
        return True

    async def turn_parts(self, content_id: UUID, of: PartState, to: PartState) -> Sequence[Part]:
        rows = await self._all(_TURNED, content=content_id, of=of.value)
        await self._run(_TURN, content=content_id, of=of.value, into=to.value)
        return [to_part(row) for row in rows]

    async def add_passages(self, content_id: UUID, passages: Sequence[Passage]) -> None:
        await self._run(_CLEAR, content=content_id)
        await self._insert(content_id, passages)

    async def passages(self, content_id: UUID) -> Sequence[Passage]:
        return [to_passage(row) for row in await self._all(_PASSAGES, content=content_id)]

    async def count_passages(self, content_id: UUID) -> int:
        return int(await self._value(_COUNT, content=content_id))

    async def _insert(self, content_id: UUID, passages: Sequence[Passage]) -> None:
        rows = [{"content_id": content_id, **from_passage(passage)} for passage in passages]
        for at in range(0, len(rows), AT_ONCE):
            await self._connection.execute(_ADD, rows[at : at + AT_ONCE])
