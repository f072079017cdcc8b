"""What one process remembers of the buckets, to ask the database less often."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

LEASE_SECONDS = 1.0
_LEASE_MOST = 8
_BUCKETS_MOST = 10_000


@dataclass(slots=True)
class Remembered:
    """One bucket; all times are this process's monotonic seconds. `asking` is held while the database is asked."""

    leased: int = 0
    leased_until: float = 0.0
    dry_until: float = 0.0
    recent: list[float] = field(default_factory=list)
    fullness: float = 1.0
    fullness_until: float = 0.0
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def take_leased(self, now: float) -> bool:
        if self.leased < 1 or now >= self.leased_until:
            return False
        self.leased -= 1
        self._note(now)
        return True

    def wanted(self, now: float) -> int:
        """As many at once as were made in the last moment: who calls seldom holds nothing in advance."""
        self._note(now)
        return min(len(self.recent), _LEASE_MOST)

    def lease(self, calls: int, now: float) -> None:
        self.leased, self.leased_until = calls, now + LEASE_SECONDS

    def _note(self, now: float) -> None:
        self.recent = [at for at in self.recent if now - at < LEASE_SECONDS]
        self.recent.append(now)


class Memory:
    """Bounded: what is forgotten is asked again."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str, str], Remembered] = {}

    def of(self, team: str, method: str, channel: str = "") -> Remembered:
        if len(self._buckets) > _BUCKETS_MOST:
            self._buckets.clear()
        return self._buckets.setdefault((team, method, channel), Remembered())

    def forget(self, team: str, method: str) -> None:
        for key in [key for key in self._buckets if key[:2] == (team, method)]:
            del self._buckets[key]
