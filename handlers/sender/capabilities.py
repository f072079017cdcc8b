"""What a workspace turned out to lack, remembered for a while so that it is not asked on every answer."""

from __future__ import annotations

from services.ports.clock import Clock

MEMORY = 3600.0  # seconds; features get switched on, scopes get granted


class Capabilities:
    def __init__(self, clock: Clock, *, memory: float = MEMORY) -> None:
        self._clock = clock
        self._memory = memory
        self._missing: dict[tuple[str, str], float] = {}

    def has(self, team: str, method: str) -> bool:
        until = self._missing.get((team, method))
        return until is None or self._clock.monotonic() >= until

    def missing(self, team: str, method: str) -> None:
        self._missing[team, method] = self._clock.monotonic() + self._memory
