"""Storing what has been paid for, through a restart of the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from services.errors import StorageUnavailable
from services.ports import Clock

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
