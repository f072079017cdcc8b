from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from services.calendar import Calendar
from services.entities import Actor
from services.entities.limits import Amount
from services.errors import NotEnoughBudget
from services.limits import TOKENS, LimitsService
from services.people import PeopleService
from services.policy import Policy
from tests import factories as make
from tests.fakes.clock import FakeClock
from tests.fakes.slack import FakeDirectory
from tests.fakes.uow import fake_unit_of_work, new_memory


class Stand:
    def __init__(self, daily: int = 1_000) -> None:
        self.clock = FakeClock()
        self.uow = fake_unit_of_work(new_memory(self.clock.now))
        people = PeopleService(self.uow, FakeDirectory({make.ANNA: make.person()}), self.clock)
        policy = Policy(("UOWNER",), guests=False)
        calendar = Calendar(ZoneInfo("UTC"))
        self.limits = LimitsService(self.uow, self.clock, calendar, people, policy, daily)

    async def reserve(self, tokens: int, reservation: UUID | None = None, who: Actor | None = None) -> UUID:
        reservation = reservation or uuid4()
        await self.limits.reserve(reservation, who or make.anna(), Amount(tokens), channel=make.CHANNEL)
        return reservation

    async def settle(self, reservation: UUID, tokens: int) -> None:
        async with self.uow() as uow:
            await uow.calls.settle(reservation, {TOKENS: tokens})
            await uow.commit()


async def test_what_is_held_counts_until_it_is_settled() -> None:
    stand = Stand()
    held = await stand.reserve(600)
    today = await stand.limits.today(make.anna())
    assert (today.spent, today.reserved, today.cap) == (0, 600, 1_000)
    await stand.settle(held, 150)
    today = await stand.limits.today(make.anna())
    assert (today.spent, today.reserved) == (150, 0)


async def test_the_last_token_may_be_used_and_not_one_more() -> None:
    stand = Stand()
    await stand.reserve(1_000)
    with pytest.raises(NotEnoughBudget):
        await stand.reserve(1)


async def test_a_refusal_says_what_is_left_and_when_the_day_ends() -> None:
    stand = Stand()
    await stand.reserve(700)
    with pytest.raises(NotEnoughBudget) as refused:
        await stand.reserve(400)
    error = refused.value
    assert (error.limit.left, error.limit.cap, error.needed) == (300, 1_000, 400)
    assert error.raisers == ("UOWNER",)
    assert error.limit.resets_at == datetime(2026, 11, 24, tzinfo=UTC)
    assert (await stand.limits.today(make.anna())).reserved == 700


async def test_the_same_reservation_again_holds_nothing_twice() -> None:
    stand = Stand()
    held = await stand.reserve(600)
    await stand.reserve(600, held)
    assert (await stand.limits.today(make.anna())).reserved == 600


async def test_a_new_day_begins_at_midnight_utc() -> None:
    stand = Stand()
    await stand.reserve(1_000)
    stand.clock.tick(12 * 3600)
    await stand.reserve(1_000)


async def test_what_was_held_yesterday_is_booked_on_yesterday() -> None:
    stand = Stand()
    held = await stand.reserve(1_000)
    stand.clock.tick(12 * 3600)
    await stand.settle(held, 900)
    assert (await stand.limits.today(make.anna())).spent == 0


async def test_each_person_of_each_team_has_their_own_day() -> None:
    stand = Stand()
    await stand.reserve(1_000)
    await stand.reserve(1_000, who=Actor(make.TEAM, make.BEN))
    await stand.reserve(1_000, who=Actor("T2", make.ANNA))


async def test_only_what_never_started_is_swept() -> None:
    stand = Stand()
    await stand.reserve(100)
    started = await stand.reserve(200)
    async with stand.uow() as uow:
        await uow.calls.start_reservation(started)
        await uow.commit()
    stand.clock.tick(3600)
    assert await stand.limits.sweep(timedelta(minutes=15)) == 1
    assert (await stand.limits.today(make.anna())).reserved == 200
