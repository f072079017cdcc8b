"""What goes wrong on purpose: wrong answers, slow answers and cut connections, per Web API method."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal

Cut = Literal["before", "after"]
EVERY_METHOD = "*"


@dataclass
class Fault:
    """`times` None: until cleared. `cut` "after" does the work, then drops the connection unanswered.

    `every` 2 hits every second call, 3 every third; the calls between go through.
    """

    error: str | None = None
    status: int = 200
    retry_after: int | None = None
    delay: float = 0.0
    cut: Cut | None = None
    times: int | None = 1
    every: int = 1
    passed: int = field(default=0, init=False)
    """calls let through since the last that was hit"""


class Faults:
    """Faults of a method are used up one after the other, the oldest first."""

    def __init__(self) -> None:
        self._queues: defaultdict[str, list[Fault]] = defaultdict(list)

    def add(self, method: str, fault: Fault) -> None:
        """`method` may be "*" for every method."""
        self._queues[method].append(fault)

    def answer(self, method: str, error: str, *, times: int | None = 1) -> None:
        self.add(method, Fault(error=error, times=times))

    def rate_limit(self, method: str, *, retry_after: int = 1, times: int | None = 1) -> None:
        self.add(method, Fault(error="ratelimited", status=429, retry_after=retry_after, times=times))

    def server_error(self, method: str, *, status: int = 500, times: int | None = 1) -> None:
        self.add(method, Fault(error="internal_error", status=status, times=times))

    def delay(self, method: str, seconds: float, *, times: int | None = 1) -> None:
        self.add(method, Fault(delay=seconds, times=times))

    def cut(self, method: str, *, when: Cut = "after", times: int | None = 1) -> None:
        self.add(method, Fault(cut=when, times=times))

    def clear(self, method: str | None = None) -> None:
        if method is None:
            self._queues.clear()
        else:
            self._queues.pop(method, None)

    def take(self, method: str) -> Fault | None:
        """The fault that this call of `method` meets, if any."""
        for name in (method, EVERY_METHOD):
            if name in self._queues:
                return self._take_from(name)
        return None

    def _take_from(self, name: str) -> Fault | None:
        queue = self._queues[name]
        fault = queue[0]
        fault.passed += 1
        if fault.passed < fault.every:
            return None
        fault.passed = 0
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                queue.pop(0)
        if not queue:
            del self._queues[name]
        return fault
