"""Sums for reports: every number from rows put in here, over the fake and over PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.entities.calls import CallOutcome, ModelCall, Usage
from services.entities.people import Actor
from services.entities.usage import Counted, Dimension, Scope, ScopeKind, Span, Tallies
from services.ports.work import UnitOfWorkFactory
from tests import factories as make
from tests.factories import ANNA, BEN, CHANNEL, NOON, TEAM, day

TEAM_SCOPE = Scope(TEAM, ScopeKind.TEAM)
WEEK, WEEK_BEFORE = Span(day(-6), day()), Span(day(-13), day(-7))


def used(back: int = 0, user: str = ANNA, **given: Any) -> ModelCall:
    """A call of so many days ago, over: 100 tokens in, 50 of them from a cache, 10 out, for a tenth of a cent."""
    plain = make.call(
        actor=Actor(TEAM, user),
        started_at=NOON - timedelta(days=back),
        day=day(-back),
        outcome=CallOutcome.ANSWERED,
    )
    used = {"usage": Usage(100, 50, 20, 10), "cost": Decimal("0.001"), "saved": Decimal("0.0002")}
    return replace(plain, **(used | given))


def one(**given: Any) -> Counted:
    plain = Counted(
        calls=1, answers=1, tokens_in=100, cached_read=50, cached_write=20, tokens_out=10,
        cost=Decimal("0.001"), saved=Decimal("0.0002"),
    )  # fmt: skip
    return replace(plain, **given)


async def put(stores: UnitOfWorkFactory, *calls: ModelCall) -> None:
    async with stores() as uow:
        for call in calls:
            await uow.calls.begin(replace(call, outcome=CallOutcome.STARTED))
            await uow.calls.finish(call)
        await uow.commit()


async def tallied(stores: UnitOfWorkFactory, scope: Scope = TEAM_SCOPE) -> Tallies:
    async with stores(atomic=False) as uow:
        return await uow.usage.tallies(scope, WEEK, WEEK_BEFORE)


def whole(found: Tallies) -> Counted:
    [total] = [tally.counted for tally in found.now if tally.dimension is None and tally.day is None]
    return total


def keys(found: Tallies, dimension: Dimension) -> dict[str, Counted]:
    return {
        tally.key: tally.counted for tally in found.now if tally.dimension is dimension and tally.day is None
    }


async def test_calls_add_up(stores: UnitOfWorkFactory):
    await put(stores, used(), used(1), used(6))
    assert whole(await tallied(stores)) == one() + one() + one()


async def test_a_call_that_asked_for_tools_is_no_answer_yet(stores: UnitOfWorkFactory):
    await put(stores, used(searched=True), used(searched=True), used())
    counted = whole(await tallied(stores))
    assert (counted.calls, counted.answers) == (3, 1)


async def test_what_went_otherwise_is_counted_by_itself(stores: UnitOfWorkFactory):
    nothing = Usage()
    failed = used(outcome=CallOutcome.FAILED, usage=nothing, cost=Decimal(0), saved=Decimal(0))
    stood_in = used(failover=True)
    hit = used(outcome=CallOutcome.CACHED, usage=nothing, cost=Decimal(0), saved=Decimal("0.003"))
    strange = used(cost=None)
    heard = used(purpose="transcription", usage=nothing, seconds=Decimal("61.5"))
    await put(stores, failed, stood_in, hit, strange, heard)
    assert whole(await tallied(stores)) == Counted(
        calls=5,
        answers=3,
        failed=1,
        failovers=1,
        hits=1,
        tokens_in=200,
        cached_read=100,
        cached_write=40,
        tokens_out=20,
        cost=Decimal("0.002"),
        saved=Decimal("0.0036"),
        unpriced=1,
        seconds=Decimal("61.5"),
    )


async def test_the_days_of_a_period_are_its_own(stores: UnitOfWorkFactory):
    await put(stores, used(6), used(7), used(13, BEN), used(14))
    found = await tallied(stores)
    assert whole(found) == one()
    assert (found.before, found.people_before) == (one() + one(), 2)


async def test_every_way_of_taking_it_apart_adds_up_to_the_whole(stores: UnitOfWorkFactory):
    await put(
        stores,
        used(0),
        used(0, BEN, channel="C2"),
        used(1, model="gpt-6.1-sol", provider="openai"),
        used(2, BEN, purpose="summary"),
    )
    found = await tallied(stores)
    summary = one(answers=0)
    assert whole(found) == one() + one() + one() + summary
    assert keys(found, Dimension.PERSON) == {ANNA: one() + one(), BEN: one() + summary}
    assert keys(found, Dimension.CHANNEL) == {CHANNEL: one() + one() + summary, "C2": one()}
    assert keys(found, Dimension.PURPOSE) == {"chat": one() + one() + one(), "summary": summary}
    assert keys(found, Dimension.MODEL) == {
        "anthropic/claude-sonnet-5": one() + one() + summary,
        "openai/gpt-6.1-sol": one(),
    }


async def test_days_are_told_whole_and_apart(stores: UnitOfWorkFactory):
    await put(stores, used(0), used(0, BEN, model="haiku"), used(3))
    found = await tallied(stores)
    whole_days = {tally.day: tally.counted for tally in found.now if tally.day and tally.dimension is None}
    assert whole_days == {day(): one() + one(), day(-3): one()}
    models = {
        (tally.day, tally.key): tally.counted
        for tally in found.now
        if tally.day and tally.dimension is Dimension.MODEL
    }
    assert models == {
        (day(), "anthropic/claude-sonnet-5"): one(),
        (day(), "anthropic/haiku"): one(),
        (day(-3), "anthropic/claude-sonnet-5"): one(),
    }


@pytest.mark.parametrize(
    ("scope", "calls"),
    [
        (TEAM_SCOPE, 3),
        (Scope(TEAM, ScopeKind.PERSON, ANNA), 2),
        (Scope(TEAM, ScopeKind.CHANNEL, "C2"), 2),
        (Scope("T2", ScopeKind.TEAM), 0),
        (Scope(TEAM, ScopeKind.PERSON, "UNOBODY"), 0),
    ],
)
async def test_a_scope_is_one_persons_or_channels_or_everybodys(
    stores: UnitOfWorkFactory, scope: Scope, calls: int
):
    await put(stores, used(), used(1, ANNA, channel="C2"), used(1, BEN, channel="C2"))
    found = await tallied(stores, scope)
    assert (
        sum(tally.counted.calls for tally in found.now if tally.dimension is None and not tally.day) == calls
    )


async def test_nothing_used_is_no_group_at_all(stores: UnitOfWorkFactory):
    assert await tallied(stores) == Tallies([], Counted(), 0)


async def test_days_for_a_forecast_come_in_order(stores: UnitOfWorkFactory):
    await put(stores, used(0), used(5), used(0, BEN))
    async with stores(atomic=False) as uow:
        days = await uow.usage.daily(TEAM_SCOPE, WEEK)
    assert days == [
        (day(-5), Counted(tokens_in=100, tokens_out=10, cost=Decimal("0.001"))),
        (day(), Counted(tokens_in=200, tokens_out=20, cost=Decimal("0.002"))),
    ]


async def test_names_are_those_that_slack_last_told(stores: UnitOfWorkFactory):
    async with stores() as uow:
        await uow.people.save_person(make.person(), NOON)
        await uow.commit()
    async with stores(atomic=False) as uow:
        assert await uow.usage.names(TEAM, [ANNA, BEN]) == {ANNA: "Anna"}
        assert await uow.usage.names(TEAM, []) == {}
