"""Turns that this process has heard, worked on by it at once instead of by way of the queue.

The queue only wakes: what dies or fails here is a row like any other, found by the sweep.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from services.entities.turns import Turn
from services.errors import StorageUnavailable

log = structlog.get_logger()

Work = Callable[[Turn], Awaitable[None]]
GRACE = 5.0  # seconds for what is interrupted to keep what it has


class AtOnce:
    """Takes at most `room` turns at a time, and none before `start` or after `stop`."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._work: Work | None = None
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Work) -> None:
        self._work = work

    def __call__(self, turn: Turn) -> bool:
        """Whether it is taken."""
        if self._work is None or len(self._running) >= self._room:
            return False
        running = asyncio.create_task(self._run(self._work, turn))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return True

    async def stop(self, seconds: float) -> None:
        """Wait for what runs; after `seconds` interrupt it."""
        self._work = None
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        left = set(self._running)
        for running in left:
            running.cancel()
        if left:
            log.warning("turns.interrupted", count=len(left))
            await asyncio.wait(left, timeout=GRACE)

    async def _run(self, work: Work, turn: Turn) -> None:
        try:
            await work(turn)
        except StorageUnavailable:
            log.warning("turn.interrupted", turn=str(turn.id))
        except Exception:
            log.exception("turn.left", turn=str(turn.id))
