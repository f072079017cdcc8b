"""What a reservation must fit under."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One limit that a reservation must fit under: `amount` of `unit` on counter (`scope`, `period`)."""

    scope: str  # with its kind of period: "user:T1:U1/day", "channel:T1:C1/month", "workspace:T1/day"
    period: date  # first day of the period, in the desk's zone
    unit: str  # "tokens" or "microdollars"
    amount: int
    cap: int


@dataclass(frozen=True, slots=True)
class BudgetState:
    spent: int
    reserved: int
    bonus: int = 0  # granted on top of the limit
