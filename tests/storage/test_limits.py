"""Limits as they are set, counters they begin with, wishes, warnings, and questions of a minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from uuid_utils.compat import uuid7

from services.entities.budgets import BudgetState
from services.entities.calls import CallOutcome
from services.entities.limits import Asking, Limit, LimitRequest, NearlyFull
from services.entities.people import Actor
from services.errors import LimitsChanged, TooManyRequests
from services.ports.work import UnitOfWork, UnitOfWorkFactory
from tests.factories import ANNA, BEN, CHANNEL, NOON, TEAM, TODAY, anna, call, day, line, used

MONTH = TODAY.replace(day=1)
LIMIT = Limit("person", ANNA, "month", "tokens", 1_000, "UBOSS", NOON)
MINE = line(0, scope=f"user:{TEAM}:{ANNA}/month", period=MONTH)


def asking(version: int = 0, per_minute: int = 0, seconds: float = 0, who: Actor | None = None) -> Asking:
    return Asking(who or anna(), version, NOON + timedelta(seconds=seconds), per_minute)


async def logged(stores: UnitOfWorkFactory, **given: object) -> None:
    begun = call(**given)
    async with stores() as uow:
        await uow.calls.begin(begun)
        await uow.calls.finish(replace(begun, outcome=CallOutcome.ANSWERED, **used()))
        await uow.commit()


# ---- what is set -------------------------------------------------------------------------------


async def test_every_change_makes_another_version(stores: UnitOfWorkFactory):
    async with stores() as uow:
        assert await uow.limits.of_team(TEAM) == (0, [])
        await uow.limits.set(TEAM, LIMIT, MINE)
        assert await uow.limits.of_team(TEAM) == (1, [LIMIT])
        dearer = replace(LIMIT, cap=2_000)
        await uow.limits.set(TEAM, dearer, MINE)
        assert await uow.limits.of_team(TEAM) == (2, [dearer])
        assert await uow.limits.of_team("T2") == (0, [])
        assert await uow.limits.unset(TEAM, "person", ANNA) == 1
        assert await uow.limits.of_team(TEAM) == (3, [])
        assert await uow.limits.unset(TEAM, "person", ANNA) == 0


async def test_limits_that_were_changed_since_hold_nothing(stores: UnitOfWorkFactory):
    async with stores() as uow:
        await uow.limits.set(TEAM, LIMIT, MINE)
        with pytest.raises(LimitsChanged):
            await uow.calls.reserve(uuid7(), [line(10)], asking(version=0))
        assert await uow.calls.reserve(uuid7(), [line(10)], asking(version=1)) == ()


# ---- counters ----------------------------------------------------------------------------------


async def test_a_counter_begins_with_what_the_log_holds_of_its_scope_and_period(stores: UnitOfWorkFactory):
    for given in (
        {},
        {"day": MONTH},
        {"channel": "C9"},
        {"actor": Actor(TEAM, BEN)},
        {"actor": Actor("T2", ANNA)},
    ):
        await logged(stores, **given)
    await logged(stores, day=MONTH - timedelta(days=1))
    wanted = {
        f"user:{TEAM}:{ANNA}/day": (TODAY, 220),
        f"user:{TEAM}:{ANNA}/month": (MONTH, 330),
        f"channel:{TEAM}:{CHANNEL}/month": (MONTH, 330),
        f"workspace:{TEAM}/day": (TODAY, 330),
    }
    lines = [line(1, scope=scope, period=starts) for scope, (starts, _) in wanted.items()]

    async with stores() as uow:
        before = [BudgetState(spent, 0) for _, spent in wanted.values()]
        assert list(await uow.limits.counted(lines)) == before
        await uow.calls.reserve(uuid7(), lines)
        assert list(await uow.limits.counted(lines)) == [replace(state, reserved=1) for state in before]


async def test_money_of_the_log_counts_in_microdollars_rounded_up(stores: UnitOfWorkFactory):
    begun = call()
    async with stores() as uow:
        await uow.calls.begin(begun)
        ended = replace(begun, outcome=CallOutcome.ANSWERED, **used(cost="0.00000101"))
        await uow.calls.finish(ended)
        assert list(await uow.limits.counted([line(0, unit="microdollars")])) == [BudgetState(2, 0)]


async def test_days_and_months_that_begin_together_are_counted_apart(stores: UnitOfWorkFactory):
    first = [line(5, period=MONTH), line(5, scope=MINE.scope, period=MONTH)]
    async with stores() as uow:
        await uow.calls.reserve(uuid7(), first)
        await uow.calls.reserve(uuid7(), first[:1])
        assert [state.reserved for state in await uow.limits.counted(first)] == [10, 5]


@pytest.mark.parametrize(("limit", "scope"), [
    (LIMIT, MINE.scope), (replace(LIMIT, kind="role", subject="member"), f"user:{TEAM}:*/month"),
])  # fmt: skip
async def test_a_limit_set_again_counts_what_was_used_in_between(
    stores: UnitOfWorkFactory, limit: Limit, scope: str
):
    reservation = uuid7()
    async with stores() as uow:
        await uow.calls.reserve(reservation, [replace(MINE, amount=10)])
        await uow.calls.settle(reservation, {"tokens": 10})
        await uow.commit()
    await logged(stores)
    async with stores() as uow:
        await uow.limits.set(TEAM, limit, replace(MINE, scope=scope))
        assert list(await uow.limits.counted([MINE])) == [BudgetState(110, 0)]


# ---- questions a minute ------------------------------------------------------------------------


async def test_so_many_questions_fit_into_any_minute_and_no_more(stores: UnitOfWorkFactory):
    async with stores() as uow:
        for seconds in (0, 30, 59):
            await uow.calls.reserve(uuid7(), [line(1)], asking(per_minute=3, seconds=seconds))
        with pytest.raises(TooManyRequests) as refused:
            await uow.calls.reserve(uuid7(), [line(1)], asking(per_minute=3, seconds=59.5))
        assert refused.value.seconds == 1.0
        await uow.calls.reserve(uuid7(), [line(1)], asking(per_minute=3, seconds=60.5))
        with pytest.raises(TooManyRequests) as refused:
            await uow.calls.reserve(uuid7(), [line(1)], asking(per_minute=3, seconds=61))
        assert refused.value.seconds == 29.0
        assert (await uow.limits.counted([line(0)]))[0].reserved == 4


async def test_a_question_asked_already_and_another_persons_are_not_counted(stores: UnitOfWorkFactory):
    same = uuid7()
    async with stores() as uow:
        for _ in range(3):
            await uow.calls.reserve(same, [line(1)], asking(per_minute=1))
        ben = Actor(TEAM, BEN)
        await uow.calls.reserve(
            uuid7(), [line(1, scope=f"user:{TEAM}:{BEN}/day")], asking(per_minute=1, who=ben)
        )


async def test_what_is_refused_is_no_question_of_the_minute(stores: UnitOfWorkFactory):
    async with stores() as uow:
        assert await uow.calls.reserve(uuid7(), [line(10, cap=9)], asking(per_minute=1))
        assert await uow.calls.reserve(uuid7(), [line(9, cap=9)], asking(per_minute=1)) == ()


# ---- wishes ------------------------------------------------------------------------------------


def wish(**given: object) -> LimitRequest:
    made = LimitRequest(uuid7(), anna(), CHANNEL, line().scope, TODAY, "tokens", NOON)
    return replace(made, **given)


async def counted(uow: UnitOfWork) -> BudgetState:
    return await uow.calls.budget(line().scope, TODAY, "tokens")


async def test_one_wish_is_open_for_a_person_and_counter(stores: UnitOfWorkFactory):
    first = wish()
    async with stores() as uow:
        assert await uow.limits.ask(first) == first
        assert await uow.limits.ask(wish()) == first
        other = wish(actor=Actor(TEAM, BEN))
        assert await uow.limits.ask(other) == other
        assert await uow.limits.open_request(anna(), line()) == first


async def test_what_is_granted_lies_on_top_of_the_limit_once(stores: UnitOfWorkFactory):
    asked = wish()
    async with stores() as uow:
        assert await uow.calls.reserve(uuid7(), [line(150, cap=100)])
        await uow.limits.ask(asked)
        granted = await uow.limits.decide(asked.id, "granted", 60, "UBOSS", NOON)
        assert granted == replace(asked, state="granted", bonus=60, decided_by="UBOSS")
        assert await uow.limits.decide(asked.id, "granted", 60, "UBOSS", NOON) is None
        assert await uow.limits.decide(asked.id, "declined", 0, "UBOSS", NOON) is None
        assert await counted(uow) == BudgetState(0, 0, 60)
        assert await uow.calls.reserve(uuid7(), [line(150, cap=100)]) == ()
        assert await uow.limits.request(asked.id) == granted
        again = wish()
        assert await uow.limits.ask(again) == again


# ---- warnings ----------------------------------------------------------------------------------


async def spend(uow: UnitOfWork, tokens: int, cap: int = 100) -> None:
    reservation = uuid7()
    assert await uow.calls.reserve(reservation, [line(1, cap=cap)], asking()) == ()
    await uow.calls.settle(reservation, {"tokens": tokens})


async def test_who_passes_the_mark_is_to_be_warned_once_in_a_period(stores: UnitOfWorkFactory):
    async with stores() as uow:
        await spend(uow, 79)
        assert await uow.limits.take_nearly_full(NOON, 10) == []
        await spend(uow, 1)
        await spend(uow, 1)
        assert await uow.limits.take_nearly_full(NOON, 10) == [
            NearlyFull(line().scope, TODAY, "tokens", anna())
        ]
        await spend(uow, 1)
        assert await uow.limits.take_nearly_full(NOON, 10) == []


async def test_what_was_granted_moves_the_mark(stores: UnitOfWorkFactory):
    asked = wish()
    async with stores() as uow:
        await spend(uow, 10)
        await uow.limits.ask(asked)
        await uow.limits.decide(asked.id, "granted", 100, "UBOSS", NOON)
        await spend(uow, 140)
        assert await uow.limits.take_nearly_full(NOON, 10) == []
        await spend(uow, 10)
        assert len(await uow.limits.take_nearly_full(NOON, 10)) == 1


async def test_another_day_is_warned_of_anew(stores: UnitOfWorkFactory):
    async with stores() as uow:
        await spend(uow, 90)
        held = uuid7()
        await uow.calls.reserve(held, [line(1, cap=100, period=day(1))], asking())
        await uow.calls.settle(held, {"tokens": 90})
        assert len(await uow.limits.take_nearly_full(NOON, 10)) == 2
