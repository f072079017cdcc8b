"""What many ask for at once, done together: one waits for the store, the others go with the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Gathering(Generic[T]):
    """Each key's work is done one after the other, so that its rows are not fought for.

    `alone` does one; `together` does several and returns those it did not, which are then done alone.
    """

    def __init__(
        self,
        alone: Callable[[T], Awaitable[None]],
        together: Callable[[Sequence[T]], Awaitable[Sequence[T]]],
        most: int = 100,
    ) -> None:
        self._alone = alone
        self._together = together
        self._most = most
        self._waiting: dict[Hashable, list[tuple[T, asyncio.Future[None]]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def do(self, key: Hashable, one: T) -> None:
        """Raises what `alone` raises."""
        if key in self._waiting:
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting[key].append((one, done))
            await done
            return
        self._waiting[key] = []
        try:
            await self._alone(one)
        finally:
            self._next(key)

    def _next(self, key: Hashable) -> None:
        """In a task of its own: who is cancelled must not take the others along."""
        if not self._waiting[key]:
            del self._waiting[key]
            return
        task = asyncio.create_task(self._go_on(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _go_on(self, key: Hashable) -> None:
        while batch := [(one, done) for one, done in self._waiting[key][: self._most] if not done.done()]:
            del self._waiting[key][: self._most]
            await self._do_all(batch)
        if self._waiting[key]:
            del self._waiting[key][: self._most]
            self._next(key)
        else:
            del self._waiting[key]

    async def _do_all(self, batch: Sequence[tuple[T, asyncio.Future[None]]]) -> None:
        try:
            left = await self._together([one for one, _ in batch]) if len(batch) > 1 else [batch[0][0]]
        except Exception as error:
            for _, done in batch:
                _tell(done, error)
            return
        for one, done in batch:
            if one in left:
                await self._do(one, done)
            else:
                _tell(done)

    async def _do(self, one: T, done: asyncio.Future[None]) -> None:
        try:
            await self._alone(one)
        except Exception as error:
            _tell(done, error)
        else:
            _tell(done)


def _tell(done: asyncio.Future[None], error: Exception | None = None) -> None:
    if done.done():  # whoever asked is gone
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
