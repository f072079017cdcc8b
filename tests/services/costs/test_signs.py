"""When spending is worth a word."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.costs import signs
from services.entities.alerts import Level
from services.entities.costs import Burst

AMOUNTS = st.decimals(0, 10_000, places=2)


def dollars(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


USUAL = dollars("1", "1.10", "0.90", "1.20", "1", "0.80", "1")


@pytest.mark.parametrize(
    ("spent", "level"),
    [("0", None), ("24.99", None), ("25", 1), ("39.99", 1), ("40", 2), ("49.99", 2), ("50", 3), ("500", 3)],
)
def test_thresholds_are_reached_at_half_at_four_fifths_and_at_all_of_it(
    spent: str, level: int | None
) -> None:
    found = signs.threshold("day", Decimal(spent), Decimal(50), {})
    assert (found.level if found else None) == level


def test_a_threshold_says_how_much_of_what() -> None:
    found = signs.threshold("month", Decimal("41.2"), Decimal(50), {"subject": "workspace"})
    assert found
    assert found.facts == {
        "subject": "workspace", "spent": "41.20", "cap": "50.00", "percent": "82", "mark": "80", "period": "month",
    }  # fmt: skip


def test_a_cap_of_nothing_is_reached_by_the_first_cent() -> None:
    assert signs.threshold("day", Decimal(0), Decimal(0), {}) is None
    reached = signs.threshold("day", Decimal("0.01"), Decimal(0), {})
    assert reached
    assert reached.level is Level.CRITICAL


def test_a_jump_is_against_the_usual() -> None:
    found = signs.jump(Decimal(9), USUAL, signs.PERSON_FLOOR, {})
    assert found
    assert (found.facts["spent"], found.facts["usual"], found.facts["days"]) == ("9.00", "1.00", "7")


def test_cents_are_no_jump() -> None:
    assert signs.jump(Decimal("4.99"), dollars(*["0.01"] * 20), signs.PERSON_FLOOR, {}) is None


def test_few_days_are_no_usual() -> None:
    assert signs.jump(Decimal(500), USUAL[:6], signs.PERSON_FLOOR, {}) is None


def test_who_spends_now_more_now_less_jumps_later() -> None:
    uneven = dollars("1", "9", "2", "14", "3", "11", "6", "8", "1")
    assert signs.jump(Decimal(20), uneven, signs.PERSON_FLOOR, {}) is None
    assert signs.jump(Decimal(60), uneven, signs.PERSON_FLOOR, {})


def burst(cost: str, calls: int = 3) -> Burst:
    return Burst("k", "U1", "C1", "1.000001", "chat", Decimal(cost), calls)


@pytest.mark.parametrize(
    ("cost", "calls", "usual", "told"),
    [
        ("4.99", 3, "0", False),
        ("5", 3, "0", True),
        ("5", 3, "2", False),
        ("6", 3, "2", True),
        ("0.01", 119, "0", False),
        ("0.01", 120, "50", True),
    ],
)
def test_a_thread_runs_away_by_its_cost_or_by_its_calls(
    cost: str, calls: int, usual: str, told: bool
) -> None:
    assert bool(signs.runaway(burst(cost, calls), Decimal(usual), {})) is told


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_more_is_never_told_more_mildly(spent: Decimal, more: Decimal, cap: Decimal) -> None:
    levels = [
        found.level if (found := signs.threshold("day", amount, cap, {})) else Level.WELL
        for amount in (spent, spent + more)
    ]
    assert levels[0] <= levels[1]


@given(AMOUNTS, st.lists(AMOUNTS, max_size=30))
def test_the_usual_is_no_jump(today: Decimal, days: list[Decimal]) -> None:
    same = [today] * 10
    assert signs.jump(today, same, Decimal(0), {}) is None
    found = signs.jump(today, days, signs.PERSON_FLOOR, {})
    assert found is None or today > max(days[: len(days) // 2], default=Decimal(-1)) or len(days) >= 7
