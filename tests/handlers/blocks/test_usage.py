"""A report as a message: what it says, and that Slack takes it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from handlers.blocks import usage as blocks
from handlers.blocks.figures import dollars, meter
from handlers.blocks.kit import Block
from handlers.blocks.usage import words
from handlers.blocks.usage.bars import bar_line
from handlers.blocks.usage.chart import LABEL, chart
from sandbox.blocks import blocks_problems
from services.entities.calls import CallOutcome, Usage
from services.entities.limits import LimitState
from services.entities.usage import Dimension, Scope, ScopeKind
from services.usage import Query, Report
from tests.factories import ANNA, BEN, CHANNEL, NOON, TEAM
from tests.services.usage.stand import HERS, Stand, team, used

VIEWS = [None, *Dimension]
STATE = "team||30d|"


async def reported(*calls: Any, query: Query | None = None) -> Report:
    stand = Stand()
    await stand.log(*calls)
    return await stand.usage.report(query or team("30d"))


def said(shown: list[Block]) -> str:
    return str(shown)


def of_kind(shown: list[Block], kind: str) -> Block:
    [found] = [block for block in shown if block["type"] == kind]
    return found


# ---- what Slack takes --------------------------------------------------------------------------


@pytest.mark.parametrize("period", ["today", "7d", "30d", "month", "366d"])
@pytest.mark.parametrize("view", VIEWS)
async def test_slack_takes_the_largest_report(period: str, view: Dimension | None) -> None:
    crowd = [
        used(
            back % 366,
            f"U{back}",
            channel=f"C{back % 120}",
            model="a-model-with-a-name-longer-than-any-label-" + str(back % 40),
            purpose=f"purpose {back % 30}",
            cost=None if back % 3 else Decimal(back),
        )
        for back in range(400)
    ]
    report = await reported(*crowd, query=team(period))
    shown = [*blocks.report_message(report, view), blocks.controls(report, STATE, shareable=True)]
    assert blocks_problems(shown, "message") == []


@pytest.mark.parametrize("view", VIEWS)
async def test_slack_takes_the_smallest_report(view: Dimension | None) -> None:
    for report in (await reported(), await reported(used(usage=Usage(), cost=Decimal(0)))):
        shown = [*blocks.report_message(report, view), blocks.controls(report, STATE, shareable=False)]
        assert blocks_problems(shown, "message") == []


async def test_series_whose_names_begin_alike_have_labels_of_their_own() -> None:
    calls = [used(model=f"claude-sonnet-with-a-long-name-{number}") for number in range(5)]
    [shown] = chart(await reported(*calls), Dimension.MODEL)
    labels = [series["name"] for series in shown["chart"]["series"]]
    assert len(set(labels)) == 5
    assert max(map(len, labels)) <= LABEL


# ---- what it says ------------------------------------------------------------------------------


async def test_the_headline_is_numbers_with_their_change() -> None:
    report = await reported(used(0), used(1, BEN), used(40), query=team("30d"))
    headline = blocks.report_message(report)[1]
    assert [field["text"] for field in headline["fields"]] == [
        "*Tokens*\n220  _▲ 100 %_",
        "*Money*\n$0.0020  _▲ 100 %_",
        "*Answers*\n2  _▲ 100 %_",
        "*People*\n2  _▲ 100 %_",
    ]


async def test_the_chart_holds_the_reports_own_points() -> None:
    report = await reported(used(0), used(1), used(29), query=team("30d"))
    [shown] = chart(report, Dimension.MODEL)
    [series] = shown["chart"]["series"]
    assert [point["value"] for point in series["data"]] == [
        bucket.counted.tokens for bucket in report.trend.buckets
    ]
    assert len(series["data"]) == 15


async def test_the_table_holds_the_reports_own_rows() -> None:
    report = await reported(used(0), used(1, BEN), used(2, BEN))
    rows = of_kind(blocks.report_message(report, Dimension.PERSON), "data_table")["rows"][1:]
    assert [[cell["text"] for cell in row[:4]] for row in rows] == [
        [BEN, "2", "220", "$0.0020"],
        [ANNA, "1", "110", "$0.0010"],
    ]


async def test_people_are_named_without_being_called() -> None:
    assert "<@" not in said(blocks.report_message(await reported(used())))
    assert '"user"' not in said(blocks.report_message(await reported(used()))).replace("'", '"')


async def test_a_channel_is_shown_by_slack_to_those_who_may_know_it() -> None:
    report = await reported(used(channel="C77"), used(channel="D77"))
    shown = said(blocks.report_message(report, Dimension.CHANNEL))
    assert "'channel_id': 'C77'" in shown
    assert "Direct messages" in shown
    assert "D77" not in shown


async def test_what_went_wrong_is_said() -> None:
    report = await reported(
        used(outcome=CallOutcome.FAILED, usage=Usage(), cost=Decimal(0)), used(failover=True), used(cost=None)
    )
    shown = said(blocks.report_message(report))
    assert "1 call of 3 failed; 1 time another model stood in" in shown
    assert "1 call used a model whose price I don" in shown
    assert "$0.0010 + unpriced" in shown


async def test_what_caching_did_is_said() -> None:
    hit = used(outcome=CallOutcome.CACHED, usage=Usage(), cost=Decimal(0), saved=Decimal("0.5"))
    shown = said(blocks.report_message(await reported(used(), hit)))
    assert "50 % of the input was read from a cache, 1 answer came from the answer cache" in shown
    assert "saved *$0.50*" in shown


async def test_the_forecast_says_how_it_was_made() -> None:
    shown = said(blocks.report_message(await reported(*(used(back) for back in range(29)))))
    assert "By 30 Nov it comes to about *$0.03*" in shown
    assert "(the mean of the last 28 full days) for 7 days more" in shown
    assert "Outlook" not in said(blocks.report_message(await reported(used())))


async def test_an_empty_period_is_told_kindly_and_can_be_changed() -> None:
    report = await reported(query=team("today"))
    assert "Nobody asked me anything on 23 Nov" in said(blocks.report_message(report))
    [select] = [one for one in blocks.controls(report, STATE, shareable=True)["elements"] if "options" in one]
    assert len(select["options"]) == 4


async def test_one_person_or_channel_is_not_taken_apart_by_itself() -> None:
    hers = await reported(used(), query=Query(HERS, "7d"))
    there = await reported(used(), query=Query(Scope(TEAM, ScopeKind.CHANNEL, CHANNEL), "7d"))
    assert "usage.person" not in said([blocks.controls(hers, STATE, shareable=False)])
    assert "usage.channel" not in said([blocks.controls(there, STATE, shareable=False)])


def test_a_limit_is_a_bar_with_what_is_held() -> None:
    state = LimitState("person", "day", "tokens", 1_000, 400, 100, NOON, "user:T1:U1/day", NOON.date())
    line = bar_line(state)
    assert line.startswith(
        "██████████░░░░░░░░░░  *500* of 1,000 tokens today (100 held for answers on their way)"
    )


def test_money_has_bars_too() -> None:
    state = LimitState(
        "workspace",
        "month",
        "microdollars",
        50_000_000,
        12_340_000,
        0,
        NOON,
        "workspace:T1/month",
        NOON.date(),
    )
    assert "The whole team's *$12.34* of $50.00 this month" in bar_line(state)


@pytest.mark.parametrize(
    ("used_", "cap", "filled"), [(0, 10, 0), (1, 1000, 1), (5, 10, 10), (20, 10, 20), (1, 0, 20)]
)
def test_bars_stay_within_their_frame(used_: int, cap: int, filled: int) -> None:
    assert meter(used_, cap) == "█" * filled + "░" * (20 - filled)


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        (110, 100, "▲ 10 %"),
        (90, 100, "▼ 10 %"),
        (100, 100, "as before"),
        (0, 0, "as before"),
        (5, 0, "none before"),
        (0, 5, "▼ to none"),
        (1000, 100, "▲ 10 times"),
        (1001, 1000, "▲ under 1 %"),
    ],
)
def test_a_change_is_told_in_a_few_words(now: int, before: int, told: str) -> None:
    assert words.change(now, before) == told


@pytest.mark.parametrize(
    ("amount", "told"),
    [("0", "$0.00"), ("0.00123456", "$0.0012"), ("0.0100", "$0.01"), ("1234.5", "$1,234.50")],
)
def test_money_is_told_to_the_cent_or_to_two_digits(amount: str, told: str) -> None:
    assert dollars(Decimal(amount)) == told


@pytest.mark.parametrize(
    ("number", "told"), [(999, "999"), (1_000, "1 k"), (1_234_567, "1.23 M"), (10**12, "1,000 G")]
)
def test_large_numbers_have_a_short_form(number: int, told: str) -> None:
    assert words.short(number) == told
