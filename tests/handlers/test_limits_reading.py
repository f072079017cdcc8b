from __future__ import annotations

import pytest

from handlers.limits_reading import Wanted, wanted
from services.entities.limits import Limit
from services.errors import BadArgument

ANNA = "<@U1|anna>"


@pytest.mark.parametrize(
    ("text", "cap", "unit", "period"),
    [
        ("1m tokens/day", 1_000_000, "tokens", "day"),
        ("300k/day", 300_000, "tokens", "day"),
        ("500,000 tokens per day", 500_000, "tokens", "day"),
        ("1.5M tokens a month", 1_500_000, "tokens", "month"),
        ("2bn/month", 2_000_000_000, "tokens", "month"),
        ("750000 daily", 750_000, "tokens", "day"),
        ("$20/month", 20_000_000, "microdollars", "month"),
        ("$ 0.5 / day", 500_000, "microdollars", "day"),
        ("12.50 usd per month", 12_500_000, "microdollars", "month"),
        ("3 dollars a day", 3_000_000, "microdollars", "day"),
        ("$1k/month", 1_000_000_000, "microdollars", "month"),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, cap: int, unit: str, period: str) -> None:
    assert wanted(f"{ANNA} {text}") == Wanted("person", "U1", Limit("person", "U1", period, unit, cap))


@pytest.mark.parametrize(
    ("target", "kind", "subject"),
    [
        ("<@U1>", "person", "U1"),
        ("<#C1|general>", "channel", "C1"),
        ("<#C1>", "channel", "C1"),
        ("role:Member", "role", "member"),
        ("workspace", "workspace", ""),
        ("team", "workspace", ""),
    ],
)
def test_targets_are_people_channels_roles_and_the_workspace(target: str, kind: str, subject: str) -> None:
    assert wanted(f"{target} default") == Wanted(kind, subject, None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"{ANNA} -5 tokens/day", "negative"),
        (f"{ANNA} $-5/day", "negative"),
        (f"{ANNA} 5 apples/day", "`apples` is not a unit"),
        (f"{ANNA} 5 tokens", "for how long"),
        (f"{ANNA} 5 tokens/year", "for how long"),
        (f"{ANNA} lots", "`lots` is not an amount"),
        (ANNA, "is not an amount"),
        ("@anna 5/day", "`@anna` is nobody"),
        ("#general 5/day", "`#general` is nobody"),
        ("5 tokens/day", "`5` is nobody"),
        (f"{ANNA} <!channel>`x`", "`!channelx` is not an amount"),
        (f"{ANNA} 1e9/day", "is not"),
    ],
)
def test_what_is_not_understood_is_said_with_the_usage_line(text: str, problem: str) -> None:
    with pytest.raises(BadArgument) as refused:
        wanted(text)
    assert problem in refused.value.problem
    assert refused.value.usage.startswith("/ops limits")
