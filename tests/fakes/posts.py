from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.entities.conversations import Place
from services.entities.posts import HeldPost, Post
from tests.fakes.memory import FakeStore


class FakePostStore(FakeStore):
    async def intend(self, post: Post, *, waits: bool = True) -> None:
        if post.id not in self._memory.posts:
            self._put(self._memory.posts, post.id, post)

    async def sent(self, post_id: UUID, ts: str) -> None:
        self._change(post_id, ts=ts)

    async def seal(self, post_id: UUID, *, length: int, ts: str | None = None) -> None:
        self._change(post_id, sealed=True, length=length, **({"ts": ts} if ts else {}))

    async def forget(self, post_id: UUID) -> None:
        self._drop(self._memory.posts, post_id)

    async def of_turn(self, turn_id: UUID) -> Sequence[Post]:
        found = [post for post in self._memory.posts.values() if post.turn_id == turn_id]
        return sorted(found, key=lambda post: (post.part, post.id))

    async def post(self, post_id: UUID) -> Post | None:
        return self._memory.posts.get(post_id)

    async def hold(self, post: Post, holder: UUID, *, now: datetime, until: datetime) -> HeldPost | None:
        if self._memory.held_posts.get(post.id, (holder, now))[1] > now:
            return None
        fresh = post.id not in self._memory.posts
        await self.intend(post)
        self._put(self._memory.held_posts, post.id, (holder, until))
        return HeldPost(self._memory.posts[post.id], holder, fresh)

    async def hold_on(self, post_id: UUID, holder: UUID, *, until: datetime) -> bool:
        if self._memory.held_posts.get(post_id, (None,))[0] != holder:
            return False
        self._put(self._memory.held_posts, post_id, (holder, until))
        return True

    async def move(self, post_id: UUID, place: Place) -> None:
        known = self._memory.posts.get(post_id)
        if known is not None and known.ts is None:
            self._change(post_id, team=place.team, channel=place.channel, thread_ts=place.thread_ts)

    async def release(self, post_id: UUID, holder: UUID) -> None:
        if self._memory.held_posts.get(post_id, (None,))[0] == holder:
            self._drop(self._memory.held_posts, post_id)

    def _change(self, post_id: UUID, **changes: Any) -> None:
        if post := self._memory.posts.get(post_id):
            self._put(self._memory.posts, post_id, replace(post, **changes))
