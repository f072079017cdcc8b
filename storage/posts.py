"""What we mean to show and have shown in Slack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, literal_column, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.entities.conversations import Place
from services.entities.posts import HeldPost, Post
from storage.store import Store
from storage.tables import posts

_INTEND = insert(posts).on_conflict_do_nothing(index_elements=[posts.c.id])
# The commit of a call, which waits for the disk and comes before anything is shown, takes it along.
_INTEND_UNWAITED = text("""
INSERT INTO posts (id, turn_id, part, kind, team, channel, thread_ts, at, ts, sealed, length)
SELECT :id, :turn_id, :part, :kind, :team, :channel, :thread_ts, :at, :ts, :sealed, :length
FROM (SELECT set_config('synchronous_commit', 'off', true)) AS no_wait
ON CONFLICT (id) DO NOTHING
""")
_the_post = posts.c.id == bindparam("post")
_SENT = update(posts).where(_the_post).values(ts=bindparam("new_ts"))
_SEAL = update(posts).where(_the_post).values(sealed=True, length=bindparam("new_length"))
_SENT_WHOLE = _SEAL.values(ts=bindparam("new_ts"))
_FORGET = delete(posts).where(_the_post)
_OF_TURN = select(posts).where(posts.c.turn_id == bindparam("turn")).order_by(posts.c.part, posts.c.id)
_POST = select(posts).where(_the_post)
_FREE = or_(posts.c.held_until.is_(None), posts.c.held_until <= bindparam("now"))
_HOLD = (
    insert(posts)
    .values(held_by=bindparam("holder"), held_until=bindparam("until"))
    .on_conflict_do_update(
        index_elements=[posts.c.id],
        set_={"held_by": bindparam("holder"), "held_until": bindparam("until")},
        where=_FREE,
    )
    .returning(posts, literal_column("xmax = 0").label("fresh"))
)
_HELD = update(posts).where(_the_post, posts.c.held_by == bindparam("holder"))
_HOLD_ON = _HELD.values(held_until=bindparam("until")).returning(posts.c.id)
_RELEASE = _HELD.values(held_by=None, held_until=None)
_MOVE = (
    update(posts)
    .where(_the_post, posts.c.ts.is_(None))
    .values(team=bindparam("new_team"), channel=bindparam("new_channel"), thread_ts=bindparam("new_thread"))
)


class SqlPostStore(Store):
    async def intend(self, post: Post, *, waits: bool = True) -> None:
        """The same id again changes nothing."""
        await self._run(_INTEND if waits else _INTEND_UNWAITED, **_row(post))

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

    async def post(self, post_id: UUID) -> Post | None:
        row = await self._one(_POST, post=post_id)
        return _to_post(row) if row else None

    async def hold(self, post: Post, holder: UUID, *, now: datetime, until: datetime) -> HeldPost | None:
        row = await self._one(_HOLD, **_row(post), holder=holder, until=until, now=now)
        return HeldPost(_to_post(row), holder, row.fresh) if row else None

    async def hold_on(self, post_id: UUID, holder: UUID, *, until: datetime) -> bool:
        return await self._one(_HOLD_ON, post=post_id, holder=holder, until=until) is not None

    async def move(self, post_id: UUID, place: Place) -> None:
        await self._run(
            _MOVE, post=post_id, new_team=place.team, new_channel=place.channel, new_thread=place.thread_ts
        )

    async def release(self, post_id: UUID, holder: UUID) -> None:
        await self._run(_RELEASE, post=post_id, holder=holder)


def _row(post: Post) -> dict[str, Any]:
    return {
        "id": post.id,
        "turn_id": post.turn_id,
        "part": post.part,
        "kind": post.kind,
        "team": post.team,
        "channel": post.channel,
        "thread_ts": post.thread_ts,
        "at": post.at,
        "ts": post.ts,
        "sealed": post.sealed,
        "length": post.length,
    }


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
