"""The sandbox's own time: it can be set off, and its message timestamps never repeat."""

import time


class Clock:
    def __init__(self) -> None:
        self.offset = 0.0
        self._last_microsecond = 0

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
