"""What the worker can be asked to do: task name -> callable, handed in by `bot.app.build()`."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

Run = Callable[[dict[str, str]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a job is tried in all, and how long it rests in between (seconds)."""

    attempts: int = 6
    first: float = 1.0
    factor: float = 3.0
    longest: float = 300.0

    def delay(self, failed: int) -> timedelta | None:
        """The rest after the `failed`-th failure (1, 2, …); None when that was the last attempt.

        Spread by a quarter, so that jobs that failed together do not come back together.
        """
        if failed >= self.attempts:
            return None
        rest = min(self.first * self.factor ** (failed - 1), self.longest)
        return timedelta(seconds=rest * random.uniform(0.75, 1.25))


@dataclass(frozen=True, slots=True)
class Task:
    """`concurrency` counts over all workers and must be the same in each; 0: as many as there is room."""

    name: str
    run: Run
    concurrency: int = 0
    retry: Retry = field(default_factory=Retry)


def table(*tasks: Task) -> Mapping[str, Task]:
    named = {task.name: task for task in tasks}
    if len(named) < len(tasks):
        raise ValueError("two tasks have the same name")
    return MappingProxyType(named)
