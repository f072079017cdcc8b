"""Time, and the points at which a test may end the process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

Checkpoint = Callable[[str], None]
"""A named point the fault tests may kill the process at; does nothing in the product."""


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds."""
        ...

    async def sleep(self, seconds: float) -> None: ...
