"""What may be used, and how much of it is used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Amount:
    """What one request may cost at most. `microdollars`: 10^-6 US dollars, rounded up."""

    tokens: int
    microdollars: int = 0


@dataclass(frozen=True, slots=True)
class LimitState:
    """One limit that applies to somebody somewhere, and its counter now."""

    kind: str  # "person", "channel" or "workspace"
    period: str  # "day" or "month"
    unit: str  # "tokens" or "microdollars"
    cap: int
    spent: int
    reserved: int
    resets_at: datetime
