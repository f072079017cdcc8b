"""Turns that a lost database took out of this process's hands are given back as soon as it answers again.

Otherwise they would wait for the end of a lease that nobody uses.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import structlog

from services.chat.intake import TURN_TASK
from services.errors import StorageUnavailable
from services.ports.clock import Clock
from services.ports.work import UnitOfWorkFactory
from services.retry import persistently

log = structlog.get_logger()


class Leaving:
    """`lease`: after it nothing has to be given back any more."""

    def __init__(self, uow: UnitOfWorkFactory, clock: Clock, lease: timedelta) -> None:
        self._uow = uow
        self._clock = clock
        self._seconds = lease.total_seconds()
        self._under_way: set[asyncio.Task[None]] = set()

    def __call__(self, conversation_id: UUID, worker: str) -> None:
        """Whether `worker`'s claim was stored need not be known. Returns at once."""
        leaving = asyncio.create_task(self._leave(conversation_id, worker))
        self._under_way.add(leaving)
        leaving.add_done_callback(self._under_way.discard)

    async def stop(self) -> None:
        for leaving in set(self._under_way):
            leaving.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _leave(self, conversation_id: UUID, worker: str) -> None:
        async def let_go() -> None:
            async with self._uow() as uow:
                await uow.chat.let_go(conversation_id, worker)
                await uow.enqueue(TURN_TASK, conversation=str(conversation_id))
                await uow.commit()

        try:
            await persistently(self._clock, let_go, seconds=self._seconds)
        except StorageUnavailable:
            log.warning("turn.not_let_go", conversation=str(conversation_id))
