"""The few statistics that the benches need."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

__all__ = ["median", "quantile", "ratio"]


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all are not above; infinite where there is none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.inf


def ratio(ours: Sequence[float], floor: Sequence[float]) -> float:
    """Ours to the floor: the median over rounds, each against the floor's run beside it."""
    return median(one / other if other else math.inf for one, other in zip(ours, floor, strict=True))
