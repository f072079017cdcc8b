from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from tests.factories import NOON


class FakeClock:
    """Time passes only when told to; a sleep passes its own time at once."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now
        self._elapsed = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        self.tick(seconds)
        await asyncio.sleep(0)

    def tick(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._elapsed += seconds
