"""What we mean to show and have shown: the sender's memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.entities.conversations import Place
from services.entities.posts import HeldPost, Post


class PostStore(Protocol):
    """What we mean to show and have shown: the sender's memory."""

    async def intend(self, post: Post, *, waits: bool = True) -> None:
        """`waits`: for the disk; else the next commit that does so takes it along, and has to come before the post."""
        ...

    async def sent(self, post_id: UUID, ts: str) -> None: ...

    async def seal(self, post_id: UUID, *, length: int, ts: str | None = None) -> None:
        """Complete, as the message `ts` where that was not told before."""
        ...

    async def forget(self, post_id: UUID) -> None:
        """A post that was meant and is known not to be in Slack."""
        ...

    async def of_turn(self, turn_id: UUID) -> Sequence[Post]:
        """In order of `part`."""
        ...

    async def post(self, post_id: UUID) -> Post | None: ...

    async def hold(self, post: Post, holder: UUID, *, now: datetime, until: datetime) -> HeldPost | None:
        """Mean `post` where its id is new, and let `holder` alone send it until then; None while another has it."""
        ...

    async def hold_on(self, post_id: UUID, holder: UUID, *, until: datetime) -> bool:
        """For longer; False where another has had it since, even if it is free again."""
        ...

    async def move(self, post_id: UUID, place: Place) -> None:
        """A post that is known not to be in Slack is meant for another place."""
        ...

    async def release(self, post_id: UUID, holder: UUID) -> None: ...
