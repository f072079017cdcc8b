"""What a month will come to, by the plainest of means, which can be told in a line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from services.entities.usage import Counted, Forecast, Span
from services.usage.periods import DAY, month_of

WEEK, FOUR_WEEKS = 7, 28


def looked_at(today: date) -> Span:
    """The days that a forecast is made from."""
    return Span(min(month_of(today).first, today - DAY * FOUR_WEEKS), today)


def forecast(days: Sequence[tuple[date, Counted]], today: date) -> Forecast | None:
    """From the days of `looked_at` that had calls. None where not even a week is behind us."""
    used = [day for day, _ in days]
    basis = _basis(min(used), today) if used else None
    if basis is None:
        return None
    month = month_of(today)
    mean = _sum(days, Span(today - DAY * basis, today - DAY))
    so_far = _sum(days, Span(month.first, today))
    left = (month.last - today).days
    tokens, cost = round(mean.tokens / basis), mean.cost / basis
    return Forecast(
        until=month.last,
        basis=basis,
        days_left=left,
        daily_tokens=tokens,
        daily_cost=cost,
        tokens=so_far.tokens + tokens * left,
        cost=so_far.cost + cost * left,
    )


def _basis(first: date, today: date) -> int | None:
    """Whole weeks, so that weekends weigh what they weigh; four of them once use began in the oldest."""
    full_days = (today - first).days
    if full_days > FOUR_WEEKS - WEEK:
        return FOUR_WEEKS
    return WEEK if full_days >= WEEK else None


def _sum(days: Sequence[tuple[date, Counted]], span: Span) -> Counted:
    return sum((counted for day, counted in days if span.first <= day <= span.last), Counted(cost=Decimal(0)))
