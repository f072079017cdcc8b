from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID


class FakeToken:
    def __init__(self) -> None:
        self._event = asyncio.Event()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    async def wait(self) -> None:
        await self._event.wait()

    def cancel(self) -> None:
        self._event.set()


class FakeCancellation:
    """All processes in one: whoever watches a turn hears of its stop at once."""

    def __init__(self) -> None:
        self.cancelled: list[UUID] = []
        self._watched: dict[UUID, FakeToken] = {}

    @asynccontextmanager
    async def watch(self, turn_id: UUID) -> AsyncIterator[FakeToken]:
        self._watched[turn_id] = FakeToken()
        yield self._watched[turn_id]
        del self._watched[turn_id]

    async def cancel(self, turn_id: UUID) -> None:
        self.cancelled.append(turn_id)
        if turn_id in self._watched:
            self._watched[turn_id].cancel()
