from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.entities import Post
from tests.fakes.memory import FakeStore


class FakePostStore(FakeStore):
    async def intend(self, post: Post) -> None:
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

    def _change(self, post_id: UUID, **changes: Any) -> None:
        if post := self._memory.posts.get(post_id):
            self._put(self._memory.posts, post_id, replace(post, **changes))
