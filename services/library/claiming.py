"""Whose an item is while it is worked on, and who is woken when."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from services.entities.library import Content
from services.errors import LostClaim, StorageUnavailable
from services.library.receiving import WORK_TASK
from services.library.settings import LibrarySettings
from services.ports.cancellation import Cancellation
from services.ports.clock import Clock
from services.ports.work import UnitOfWork, UnitOfWorkFactory

EASES = frozenset({"budget", "paused"})


class Claiming:
    def __init__(
        self, uow: UnitOfWorkFactory, cancellation: Cancellation, clock: Clock, settings: LibrarySettings
    ) -> None:
        self._uow = uow
        self._cancellation = cancellation
        self._clock = clock
        self._settings = settings

    async def wake_overdue(self) -> int:
        now = self._clock.now()
        async with self._uow() as uow:
            return await queued(
                uow, await uow.library.overdue(now, waiting_since=now - self._settings.patience)
            )

    async def eased(self, team: str) -> int:
        """Somebody may use more, or AI again: whoever waits for that tries at once."""
        async with self._uow() as uow:
            return await queued(uow, await uow.library.wake(team, EASES))

    async def claimed(self, content_id: UUID) -> Content | None:
        """None where somebody else has it, or there is nothing to do."""
        now = self._clock.now()
        async with self._uow(atomic=False) as uow:
            return await uow.library.claim(
                content_id, worker=self._settings.worker, now=now, lease_until=now + self._settings.lease
            )

    @asynccontextmanager
    async def held(self, item: Content) -> AsyncIterator[None]:
        """The lease is kept while this is open; a stop that was only stored is heard of with it."""
        beating = asyncio.create_task(self._beat(item))
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.wait({beating})

    async def _beat(self, item: Content) -> None:
        while True:
            await asyncio.sleep(self._settings.lease.total_seconds() / 3)
            try:
                until = self._clock.now() + self._settings.lease
                async with self._uow(atomic=False) as uow:
                    stop = await uow.library.extend(item.id, item.attempts, until)
            except StorageUnavailable:
                continue
            except LostClaim:
                return
            if stop:
                await self._cancellation.cancel(item.id)


async def queued(uow: UnitOfWork, items: Sequence[UUID]) -> int:
    """To be worked on, with this transaction; how many."""
    for content_id in items:
        await uow.enqueue(WORK_TASK, content=str(content_id))
    await uow.commit()
    return len(items)
