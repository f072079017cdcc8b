"""When spending is worth a word. Pure: amounts in, readings out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from statistics import median

from services.entities.alerts import Level, Reading
from services.entities.costs import Burst

SPENT, JUMP, RUNAWAY = "cost.spent", "cost.jump", "cost.runaway"

THRESHOLDS = ((100, Level.CRITICAL), (80, Level.WARNING), (50, Level.NOTICE))
DAYS_NEEDED = 7
TIMES_USUAL = 3
SPREADS = 5
AS_DEVIATION = Decimal("1.4826")
"""What makes the median absolute deviation of normal values their standard deviation."""
PERSON_FLOOR, TEAM_FLOOR = Decimal(5), Decimal(20)
"""US dollars a day below which no jump is worth a word."""
HOUR_FLOOR = Decimal(5)
HOUR_CALLS = 120

Facts = Mapping[str, str]


def threshold(check: str, spent: Decimal, cap: Decimal, facts: Facts) -> Reading | None:
    """`check` is the period: "day" or "month". A cap of nothing is reached by the first cent."""
    percent = int(spent * 100 / cap) if cap else (100 if spent else 0)
    reached = next(((mark, level) for mark, level in THRESHOLDS if percent >= mark), None)
    if reached is None:
        return None
    mark, level = reached
    amounts = {
        "spent": _cents(spent),
        "cap": _cents(cap),
        "percent": str(percent),
        "mark": str(mark),
        "period": check,
    }
    return Reading(check, level, SPENT, {**facts, **amounts})


def jump(today: Decimal, days: Sequence[Decimal], floor: Decimal, facts: Facts) -> Reading | None:
    """`days`: what other days with any spending cost; today against their median and its spread."""
    if len(days) < DAYS_NEEDED or today < floor:
        return None
    usual = median(days)
    spread = median([abs(day - usual) for day in days]) * AS_DEVIATION
    if today <= max(usual * TIMES_USUAL, usual + spread * SPREADS):
        return None
    amounts = {"spent": _cents(today), "usual": _cents(usual), "days": str(len(days))}
    return Reading("jump", Level.WARNING, JUMP, {**facts, **amounts})


def runaway(burst: Burst, usual: Decimal, facts: Facts) -> Reading | None:
    """`usual`: the person's day. An hour of one thread that costs several such days, or calls without end."""
    dear = burst.cost >= max(HOUR_FLOOR, usual * TIMES_USUAL)
    if not dear and burst.calls < HOUR_CALLS:
        return None
    told = {"spent": _cents(burst.cost), "calls": str(burst.calls), "thread_ts": burst.thread_ts}
    return Reading("hour", Level.CRITICAL, RUNAWAY, {**facts, **told, "purpose": burst.purpose})


def _cents(dollars: Decimal) -> str:
    """Rounded, so that what is shown changes only when it looks different."""
    return f"{dollars:.2f}"
