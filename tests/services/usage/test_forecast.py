from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from services.entities.usage import Counted
from services.usage.forecast import forecast, looked_at

TODAY = date(2026, 11, 22)  # eight days of November are left


def each_day(days: int, tokens: int = 700, cost: str = "1.40") -> list[tuple[date, Counted]]:
    """So many days up to today, all alike."""
    used = Counted(tokens_in=tokens - 100, tokens_out=100, cost=Decimal(cost))
    return [(TODAY - timedelta(days=back), used) for back in range(days - 1, -1, -1)]


@pytest.mark.parametrize("days", [0, 1, 7])
def test_without_a_full_week_there_is_none(days: int) -> None:
    assert forecast(each_day(days), TODAY) is None


@pytest.mark.parametrize(("days", "basis"), [(8, 7), (22, 7), (23, 28), (29, 28)])
def test_it_is_the_mean_of_one_full_week_or_of_four(days: int, basis: int) -> None:
    found = forecast(each_day(days), TODAY)
    assert found is not None
    assert found.basis == basis


def test_it_is_the_month_so_far_and_the_mean_for_each_day_left() -> None:
    found = forecast(each_day(29), TODAY)
    assert found is not None
    assert (found.until, found.days_left) == (date(2026, 11, 30), 8)
    assert (found.daily_tokens, found.daily_cost) == (700, Decimal("1.40"))
    assert (found.tokens, found.cost) == (30 * 700, 30 * Decimal("1.40"))


def test_today_is_not_over_and_does_not_lower_the_mean() -> None:
    days = [*each_day(29)[:-1], (TODAY, Counted(tokens_in=1, cost=Decimal("0.01")))]
    found = forecast(days, TODAY)
    assert found is not None
    assert found.daily_tokens == 700
    assert found.tokens == 21 * 700 + 1 + 8 * 700


def test_days_without_calls_count_as_days() -> None:
    found = forecast([each_day(8)[0], each_day(8)[1]], TODAY)
    assert found is not None
    assert (found.basis, found.daily_tokens) == (7, 200)


def test_on_the_last_day_of_a_month_there_is_nothing_left_to_guess() -> None:
    last = date(2026, 11, 30)
    moved = [(day + timedelta(days=8), used) for day, used in each_day(29)]
    found = forecast(moved, last)
    assert found is not None
    assert (found.days_left, found.tokens) == (0, 29 * 700)


def test_it_looks_back_four_weeks_and_at_all_of_the_month() -> None:
    assert looked_at(date(2026, 11, 3)).first == date(2026, 10, 6)
    assert looked_at(date(2026, 11, 30)).first == date(2026, 11, 1)
