"""Slack's rate tiers."""

from __future__ import annotations

from typing import Protocol


class RateGate(Protocol):
    """Slack's rate tiers, shared by every process."""

    async def take(self, team: str, method: str, *, channel: str | None = None) -> float:
        """Take one call of `method`; seconds to wait before making it (0: now)."""
        ...

    async def try_take(self, team: str, method: str, *, channel: str | None = None) -> bool:
        """Take one only if it may be made at once."""
        ...

    async def fullness(self, team: str, method: str) -> float:
        """0.0 (empty) to 1.0 (untouched)."""
        ...

    async def punish(self, team: str, method: str, seconds: float) -> None:
        """Slack said 429: nothing of `method` for so long, in any process."""
        ...
