"""What we mean to show is committed before it is sent, its ts after: a restart knows where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from uuid_utils.compat import uuid7

from services.entities.conversations import Place
from services.entities.posts import Post
from services.ports.clock import Clock
from services.ports.work import UnitOfWorkFactory

ANSWER = "stream"  # a part of an answer, whichever way it is sent
NOTICE = "post"  # what is said about a turn beside its answer
WHISPER = "ephemeral"
QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Shown:
    """The posts of a turn, in order."""

    posts: Sequence[Post]

    def of(self, kind: str) -> list[Post]:
        return [post for post in self.posts if post.kind == kind]

    @property
    def next_part(self) -> int:
        return max((post.part for post in self.posts), default=0) + 1

    @property
    def timestamps(self) -> frozenset[str]:
        return frozenset(post.ts for post in self.posts if post.ts)


Begun: TypeAlias = tuple[Shown, Post | None]


class Ledger:
    def __init__(self, uow: UnitOfWorkFactory, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def draft(self, turn_id: UUID, place: Place, part: int, kind: str) -> Post:
        return Post(
            id=uuid7(),
            turn_id=turn_id,
            part=part,
            kind=kind,
            team=place.team,
            channel=place.channel,
            thread_ts=place.thread_ts,
            at=self._clock.now(),
        )

    async def shown(self, turn_id: UUID) -> Shown:
        async with self._uow(atomic=False) as uow:
            return Shown(await uow.posts.of_turn(turn_id))

    async def begin(
        self, turn_id: UUID, place: Place, kind: str, *, first: bool = False, waits: bool = True
    ) -> Begun:
        """What the turn has shown; where that holds nothing of `kind`, also the intent to show it.

        `first`: it is known to have shown nothing. `waits`: for the disk (PostStore).
        """
        async with self._uow(atomic=False) as uow:
            shown = Shown(() if first else await uow.posts.of_turn(turn_id))
            if shown.of(kind):
                return shown, None
            post = self.draft(turn_id, place, shown.next_part, kind)
            await uow.posts.intend(post, waits=waits)
        return shown, post

    async def sealed(self, post: Post, ts: str, length: int = 0, *, following: Post | None = None) -> None:
        """`post` is in Slack and complete; `following` is what comes next."""
        async with self._uow(atomic=following is not None) as uow:
            await uow.posts.seal(post.id, length=length, ts=ts)
            if following is not None:
                await uow.posts.intend(following)
                await uow.commit()

    async def abandoned(self, posts: Sequence[Post], following: Post | None = None) -> None:
        """An earlier attempt's parts no longer count; those never sent are forgotten."""
        async with self._uow() as uow:
            for post in posts:
                if post.ts is None:
                    await uow.posts.forget(post.id)
                else:
                    await uow.posts.sent(post.id, post.ts)
                    await uow.posts.seal(post.id, length=0)
            if following is not None:
                await uow.posts.intend(following)
            await uow.commit()

    async def turn_showing(self, post: Post, ts: str) -> UUID | None:
        """The turn that is known to have shown the message `ts`."""
        async with self._uow() as uow:
            turn = await uow.chat.turn_of_answer(post.team, post.channel, ts)
        return turn.id if turn else None
