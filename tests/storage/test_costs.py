"""Money by day, by channel and by the hour; digests that were shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from services.entities.calls import CallOutcome, ModelCall
from services.entities.costs import Burst, ChannelSpend, DaySpend
from services.entities.people import Actor
from services.ports.work import UnitOfWorkFactory
from storage.costs import first_id
from tests.factories import ANNA, BEN, NOON, TEAM, TODAY, after, anna, call, day, mention, used
from tests.storage.acts import asked


def of_ben(**given: Any) -> ModelCall:
    return call(actor=Actor(TEAM, BEN), **given)


def id_at(at: datetime) -> UUID:
    """As one made at that time."""
    return UUID(int=first_id(at).int | 0x7_000_8_000_000_000_000_000 | uuid7().int & 0xFFFF)


async def paid(stores: UnitOfWorkFactory, made: ModelCall, cost: str | None) -> ModelCall:
    done = replace(made, outcome=CallOutcome.ANSWERED, **used(cost=cost))
    async with stores() as uow:
        await uow.calls.begin(made)
        await uow.calls.finish(done)
        await uow.commit()
    return done


async def test_each_persons_days_are_added_up(stores: UnitOfWorkFactory) -> None:
    for cost in ("1.50", "2.25"):
        await paid(stores, call(), cost)
    await paid(stores, call(day=day(-1), started_at=after(-86_400)), None)
    await paid(stores, of_ben(), "4")
    await paid(stores, of_ben(day=day(-9), started_at=after(-9 * 86_400)), "8")
    async with stores() as uow:
        assert await uow.costs.by_day(TEAM, day(-8)) == [
            DaySpend(day(-1), ANNA, Decimal(0), 1),
            DaySpend(TODAY, ANNA, Decimal("3.75")),
            DaySpend(TODAY, BEN, Decimal(4)),
        ]
        assert await uow.costs.by_day("T2", day(-8)) == []


async def test_channels_have_today_and_the_month(stores: UnitOfWorkFactory) -> None:
    await paid(stores, call(), "1")
    await paid(stores, of_ben(day=day(-3), started_at=after(-3 * 86_400)), "2")
    await paid(stores, call(channel="C2", day=day(-60), started_at=after(-60 * 86_400)), "4")
    async with stores() as uow:
        month = TODAY.replace(day=1)
        assert await uow.costs.by_channel(TEAM, TODAY, month) == [ChannelSpend("C1", Decimal(1), Decimal(3))]


async def test_a_thread_of_the_last_hour_is_one_burst(stores: UnitOfWorkFactory) -> None:
    said = mention()
    turn = await asked(stores, said)
    for cost in ("1", "2"):
        await paid(stores, call(turn_id=turn.id, id=id_at(NOON)), cost)
    await paid(stores, of_ben(turn_id=turn.id, id=id_at(NOON)), "1")
    old = after(-7200)
    await paid(stores, call(turn_id=turn.id, started_at=old, id=id_at(old)), "64")
    thread = Burst(str(turn.conversation_id), ANNA, "C1", said.key, "chat", Decimal(4), 3)
    async with stores() as uow:
        assert await uow.costs.bursts(TEAM, NOON - timedelta(hours=1), 5) == [thread]


async def test_work_outside_threads_is_one_burst_a_person_and_purpose(stores: UnitOfWorkFactory) -> None:
    for cost in ("1", "2"):
        await paid(stores, call(purpose="transcription", id=id_at(NOON)), cost)
    await paid(stores, of_ben(purpose="library", id=id_at(NOON)), "9")
    async with stores() as uow:
        found = await uow.costs.bursts(TEAM, NOON, 5)
    assert [(one.key, one.cost, one.calls) for one in found] == [
        (f"{BEN}:library", Decimal(9), 1),
        (f"{ANNA}:transcription", Decimal(3), 2),
    ]


async def test_of_many_bursts_the_dearest_and_the_busiest_are_told(stores: UnitOfWorkFactory) -> None:
    for number, (cost, calls) in enumerate([("9", 1), ("1", 3), ("2", 1), ("3", 1)]):
        for _ in range(calls):
            await paid(stores, call(purpose=f"p{number}", id=id_at(NOON)), cost)
    async with stores() as uow:
        found = await uow.costs.bursts(TEAM, NOON, 1)
    assert [one.purpose for one in found] == ["p0", "p1"]


async def test_a_call_that_is_still_running_counts(stores: UnitOfWorkFactory) -> None:
    async with stores() as uow:
        await uow.calls.begin(replace(call(id=id_at(NOON)), actor=anna()))
        await uow.commit()
    async with stores() as uow:
        [burst] = await uow.costs.bursts(TEAM, NOON, 5)
    assert (burst.cost, burst.calls) == (Decimal(0), 1)


async def test_a_digest_is_planned_until_it_is_shown(stores: UnitOfWorkFactory) -> None:
    async with stores() as uow:
        assert await uow.digests.plan(TEAM, "daily", TODAY, NOON)
        assert await uow.digests.plan(TEAM, "daily", TODAY, after(60))
        await uow.digests.set_shown(TEAM, "daily", TODAY, after(60))
        assert not await uow.digests.plan(TEAM, "daily", TODAY, after(120))
        assert await uow.digests.plan(TEAM, "weekly", TODAY, NOON)
        assert await uow.digests.plan(TEAM, "daily", day(1), NOON)
