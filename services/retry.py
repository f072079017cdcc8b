"""Storing what has been paid for, through a restart of the database or an end of this process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from services.errors import StorageUnavailable
from services.ports.clock import Clock

T = TypeVar("T")


async def persistently(clock: Clock, action: Callable[[], Awaitable[T]], *, seconds: float = 60.0) -> T:
    """Run `action`, a whole transaction, again while the database is away; gives up after `seconds`."""
    deadline = clock.monotonic() + seconds
    wait = 0.1
    while True:
        try:
            return await action()
        except StorageUnavailable:
            if clock.monotonic() + wait > deadline:
                raise
        await clock.sleep(wait)
        wait = min(2.0, wait * 2)


async def to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Do `work` to its end; a cancellation that comes meanwhile is obeyed after it."""
    doing = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait({doing})
        if not doing.cancelled():
            doing.exception()  # seen: what is not stored is found when the turn is taken up again
        raise
