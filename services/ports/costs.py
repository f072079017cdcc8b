"""What watching money asks of storage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from services.entities.costs import Burst, ChannelSpend, DaySpend


class CostStore(Protocol):
    async def by_day(self, team: str, first: date) -> Sequence[DaySpend]:
        """Each person's days since `first` that had calls, from the rollup."""
        ...

    async def by_channel(self, team: str, today: date, month: date) -> Sequence[ChannelSpend]: ...

    async def bursts(self, team: str, since: datetime, limit: int) -> Sequence[Burst]:
        """The dearest and the busiest threads of the calls begun since then, `limit` of each."""
        ...
