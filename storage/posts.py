"""What we mean to show and have shown in Slack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from services.entities import Post
from storage.store import Store
from storage.tables import posts

_INTEND = insert(posts).on_conflict_do_nothing(index_elements=[posts.c.id])
_the_post = posts.c.id == bindparam("post")
_SENT = update(posts).where(_the_post).values(ts=bindparam("new_ts"))
_SEAL = update(posts).where(_the_post).values(sealed=True, length=bindparam("new_length"))
_SENT_WHOLE = _SEAL.values(ts=bindparam("new_ts"))
_FORGET = delete(posts).where(_the_post)
_OF_TURN = select(posts).where(posts.c.turn_id == bindparam("turn")).order_by(posts.c.part, posts.c.id)


class SqlPostStore(Store):
    async def intend(self, post: Post) -> None:
        """The same id again changes nothing."""
        await self._run(
            _INTEND,
            id=post.id,
            turn_id=post.turn_id,
            part=post.part,
            kind=post.kind,
            team=post.team,
            channel=post.channel,
            thread_ts=post.thread_ts,
            at=post.at,
            ts=post.ts,
            sealed=post.sealed,
            length=post.length,
        )

    async def sent(self, post_id: UUID, ts: str) -> None:
        await self._run(_SENT, post=post_id, new_ts=ts)

    async def seal(self, post_id: UUID, *, length: int, ts: str | None = None) -> None:
        if ts is None:
            await self._run(_SEAL, post=post_id, new_length=length)
        else:
            await self._run(_SENT_WHOLE, post=post_id, new_length=length, new_ts=ts)

    async def forget(self, post_id: UUID) -> None:
        await self._run(_FORGET, post=post_id)

    async def of_turn(self, turn_id: UUID) -> Sequence[Post]:
        return [_to_post(row) for row in await self._all(_OF_TURN, turn=turn_id)]


def _to_post(row: Row[Any]) -> Post:
    return Post(
        id=row.id,
        turn_id=row.turn_id,
        part=row.part,
        kind=row.kind,
        team=row.team,
        channel=row.channel,
        thread_ts=row.thread_ts,
        at=row.at,
        ts=row.ts,
        sealed=row.sealed,
        length=row.length,
    )
