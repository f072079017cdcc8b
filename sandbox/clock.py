"""The sandbox's own time: it can be set off, and its message timestamps never repeat."""

import time
from collections.abc import Callable


class Clock:
    def __init__(self) -> None:
        self._offset = 0.0
        self._last_microsecond = 0
        self._on_jump: list[Callable[[], None]] = []

    @property
    def offset(self) -> float:
        """Seconds by which this clock is ahead of the machine's."""
        return self._offset

    @offset.setter
    def offset(self, seconds: float) -> None:
        self._offset = seconds
        for told in self._on_jump:
            told()

    def on_jump(self, told: Callable[[], None]) -> None:
        """For whoever waits for a moment of this clock: the wait has changed."""
        self._on_jump.append(told)

    def now(self) -> float:
        """Seconds since 1970, with the offset that a test may have set."""
        return time.time() + self.offset

    def advance(self, seconds: float) -> None:
        self.offset += seconds

    def next_ts(self) -> str:
        """A message timestamp, unique in the workspace and larger than every earlier one."""
        seconds, fraction = divmod(self.next_microsecond(), 1_000_000)
        return f"{seconds}.{fraction:06d}"

    def next_microsecond(self) -> int:
        """The time in microseconds, but never one that was given out before."""
        self._last_microsecond = max(int(self.now() * 1_000_000), self._last_microsecond + 1)
        return self._last_microsecond
