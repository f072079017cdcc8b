"""Posts that belong to no turn: one message each, kept up to date, never a second one.

Several processes may want to show the same one at once: whoever holds its row sends, the others wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import structlog

from handlers.blocks.kit import Block
from handlers.directory import SlackDirectory
from handlers.sender import directs
from handlers.sender.edits import POST, UPDATE, post_once
from handlers.sender.gate import SlackCalls, SlackRefused
from handlers.sender.ledger import NOTICE, Ledger
from handlers.sender.recovery import Finder
from handlers.sender.target import QUIET, fallback_text, metadata_of
from services.entities.conversations import Place
from services.entities.people import Actor
from services.entities.posts import HeldPost, Post
from services.errors import LostClaim, SlackUnavailable, StorageUnavailable
from services.ports.clock import Checkpoint, Clock
from services.ports.work import UnitOfWorkFactory

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=15)
PATIENCE = 300.0  # seconds to wait for another process that shows the same
LOOK_AGAIN = 0.25
GONE = "message_not_found"

Content = tuple[str, list[Block]]
"""What notifications say, as plain text; and what is seen."""
Render = Callable[[], Awaitable[Content]]


class Bulletins:
    """`lease`: how long after a crash another process may go on with a message."""

    def __init__(
        self,
        calls: SlackCalls,
        directory: SlackDirectory,
        uow: UnitOfWorkFactory,
        clock: Clock,
        lease: timedelta = LEASE,
        checkpoint: Checkpoint = lambda _: None,
    ) -> None:
        self._calls = calls
        self._uow = uow
        self._clock = clock
        self._lease = lease
        self._checkpoint = checkpoint
        self._finder = Finder(directory, Ledger(uow, clock), clock)

    async def show(self, bulletin_id: UUID, place: Place, text: str, blocks: list[Block]) -> str:
        """The ts of the message; one that was deleted in Slack is posted anew.

        It stays where it was first shown, whatever `place` says later. Raises SlackRefused where it can't
        be shown there, SlackUnavailable where it may be shown later.
        """
        return await self.keep(bulletin_id, place, _given(text, blocks))

    async def direct(self, bulletin_id: UUID, actor: Actor, text: str, blocks: list[Block]) -> str:
        """The same, in the person's conversation with us."""
        return await self.keep(bulletin_id, actor, _given(text, blocks))

    async def keep(self, bulletin_id: UUID, to: Place | Actor, render: Render) -> str:
        """`render` is asked once nobody else shows this one: the last who changed something is never overtaken."""
        draft = await self._draft(bulletin_id, to)
        async with self._alone(draft) as held:
            text, blocks = await render()
            self._checkpoint("bulletin.intended")
            ts = await self._write(held, _place(draft), {"text": fallback_text(text), "blocks": blocks})
            self._checkpoint("bulletin.posted")
            async with self._uow(atomic=False) as uow:
                await uow.posts.sent(bulletin_id, ts)
        return ts

    # -- where ---------------------------------------------------------------------------------

    async def _draft(self, bulletin_id: UUID, to: Place | Actor) -> Post:
        async with self._uow(atomic=False) as uow:
            known = await uow.posts.post(bulletin_id)
        if known is not None and known.ts is not None:
            return known
        place = await directs.opened(self._calls, to) if isinstance(to, Actor) else to
        return Post(
            bulletin_id, None, 0, NOTICE, place.team, place.channel, place.thread_ts, self._clock.now()
        )

    # -- what ----------------------------------------------------------------------------------

    async def _write(self, held: HeldPost, place: Place, body: Block) -> str:
        post, body = held.post, {**body, "metadata": metadata_of(held.post)}
        if post.ts is not None and await self._updated(held, post.ts, body):
            return post.ts
        if not held.fresh:
            found = await self._finder.find(post)
            if found is not None and await self._updated(held, found.ts, body):
                return found.ts
            post = await self._moved(post, place)
        await self._still(held)
        where: Block = {"channel": post.channel}
        if post.thread_ts is not None:
            where["thread_ts"] = post.thread_ts
        return await post_once(self._calls, self._finder, post, {**where, **body, **QUIET})

    async def _updated(self, held: HeldPost, ts: str, body: Block) -> bool:
        """False: it is not there any more."""
        await self._still(held)
        message = {"channel": held.post.channel, "ts": ts, **body}
        try:
            await self._calls.send(held.post.team, UPDATE, message, repeat=True)
        except SlackRefused as error:
            if error.code != GONE:
                raise
            return False
        return True

    async def _moved(self, post: Post, place: Place) -> Post:
        if post.ts is not None or place == _place(post):
            return post
        async with self._uow(atomic=False) as uow:
            await uow.posts.move(post.id, place)
            return await uow.posts.post(post.id) or post

    # -- alone ---------------------------------------------------------------------------------

    @asynccontextmanager
    async def _alone(self, draft: Post) -> AsyncIterator[HeldPost]:
        held = await self._taken(draft)
        beat = asyncio.create_task(self._keep_holding(held))
        try:
            yield held
        finally:
            beat.cancel()
            await asyncio.wait({beat})
            await self._release(held)

    async def _taken(self, draft: Post) -> HeldPost:
        holder, deadline = uuid4(), self._clock.monotonic() + PATIENCE
        while self._clock.monotonic() < deadline:
            now = self._clock.now()
            async with self._uow(atomic=False) as uow:
                held = await uow.posts.hold(draft, holder, now=now, until=now + self._lease)
            if held is not None:
                return held
            await self._clock.sleep(LOOK_AGAIN)
        raise SlackUnavailable(POST, "busy")

    async def _hold_on(self, held: HeldPost) -> bool:
        until = self._clock.now() + self._lease
        async with self._uow(atomic=False) as uow:
            return await uow.posts.hold_on(held.post.id, held.holder, until=until)

    async def _still(self, held: HeldPost) -> None:
        """Before what can't be taken back. Raises LostClaim where another has had it meanwhile."""
        if not await self._hold_on(held):
            raise LostClaim

    async def _keep_holding(self, held: HeldPost) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            try:
                await self._hold_on(held)
            except StorageUnavailable:
                log.warning("bulletin.not_held")

    async def _release(self, held: HeldPost) -> None:
        try:
            async with self._uow(atomic=False) as uow:
                await uow.posts.release(held.post.id, held.holder)
        except StorageUnavailable:
            log.warning("bulletin.not_released")


def _given(text: str, blocks: list[Block]) -> Render:
    async def content() -> Content:
        return text, blocks

    return content


def _place(post: Post) -> Place:
    return Place(post.team, post.channel, post.thread_ts)
