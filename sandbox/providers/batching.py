"""Batches as both providers keep them: worked off after a delay, cancelled before it, ended once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.providers.sale import Envelope

DAY = 86_400.0
KEPT = 1_000

Outcome = Literal["succeeded", "errored", "canceled", "expired"]


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a batch; `body` is what would be sent by itself."""

    custom_id: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """`answer` is the provider's own shape of it; None where nothing was tried."""

    custom_id: str
    outcome: Outcome
    answer: dict[str, Any] | None = None


@dataclass(slots=True)
class Batch:
    """Times are seconds since the epoch. `about` is what one provider alone knows of it."""

    id: str
    created: float
    due: float
    envelope: Envelope
    lines: list[Line]
    about: dict[str, Any] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    cancelled: float | None = None
    ended: float | None = None

    @property
    def expires(self) -> float:
        return self.created + DAY

    def count(self, outcome: Outcome) -> int:
        return sum(result.outcome == outcome for result in self.results)


class Batches:
    """The last 1,000. A batch is worked off when its time has come and someone looks at any of them."""

    def __init__(self, clock: Callable[[], float], answer: Callable[[Batch, Line], Result]) -> None:
        self._clock = clock
        self._answer = answer
        self._kept: OrderedDict[str, Batch] = OrderedDict()

    def add(self, batch: Batch) -> None:
        self._kept[batch.id] = batch
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def find(self, batch_id: str) -> Batch | None:
        self.work()
        return self._kept.get(batch_id)

    def newest_first(self) -> list[Batch]:
        self.work()
        return list(reversed(self._kept.values()))

    def cancel(self, batch: Batch) -> None:
        """Nothing of it has been tried yet, or it would have ended: so all of it is cancelled, at once."""
        batch.cancelled = self._clock()

    def remove(self, batch: Batch) -> None:
        del self._kept[batch.id]

    def work(self) -> None:
        for batch in list(self._kept.values()):
            if batch.ended is None:
                self._work_off(batch)

    def reset(self) -> None:
        self._kept.clear()

    def _work_off(self, batch: Batch) -> None:
        now = self._clock()
        if batch.cancelled is not None:
            self._end(batch, now, "canceled")
        elif now >= min(batch.due, batch.expires):
            expired = batch.due > batch.expires
            self._end(batch, batch.expires if expired else now, "expired" if expired else None)

    def _end(self, batch: Batch, at: float, untried: Outcome | None) -> None:
        batch.ended = at
        if untried:
            batch.results = [Result(line.custom_id, untried) for line in batch.lines]
        else:
            batch.results = [self._answer(batch, line) for line in batch.lines]
