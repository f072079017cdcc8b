from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.entities.limits import Amount, Limit
from services.entities.people import Actor
from services.errors import NotEnoughBudget, TooManyRequests
from services.limits import MICRODOLLARS, NO_LIMIT, worst_case
from tests import factories as make
from tests.fakes.models import FakeModel
from tests.services.limits.stand import OWNER, OnePrice, Stand


async def test_what_is_held_counts_until_it_is_settled() -> None:
    stand = Stand()
    held = await stand.reserve(600)
    today = await stand.own_day()
    assert (today.spent, today.reserved, today.cap) == (0, 600, 1_000)
    await stand.settle(held, 150)
    today = await stand.own_day()
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
    assert (await stand.own_day()).reserved == 700


async def test_the_same_reservation_again_holds_nothing_twice() -> None:
    stand = Stand()
    held = await stand.reserve(600)
    await stand.reserve(600, held)
    assert (await stand.own_day()).reserved == 600


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
    assert (await stand.own_day()).spent == 0


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
        await uow.calls.begin(make.call(), started)
        await uow.commit()
    stand.clock.tick(3600)
    assert await stand.limits.sweep(timedelta(minutes=15)) == 1
    assert (await stand.own_day()).reserved == 200


# ---- several limits at once ----------------------------------------------------------------------


async def test_an_own_limit_overrides_the_roles_and_that_the_default() -> None:
    stand = Stand(100)
    await stand.set("role", "member", 200)
    await stand.reserve(200)
    await stand.set("person", make.ANNA, 300)
    await stand.reserve(100)
    with pytest.raises(NotEnoughBudget) as refused:
        await stand.reserve(1)
    assert refused.value.limit.cap == 300


async def test_a_roles_limit_is_a_cap_for_each_person_of_it() -> None:
    stand = Stand(100)
    await stand.set("role", "admin", 500)
    await stand.reserve(500, who=Actor(make.TEAM, make.BEN))
    await stand.reserve(100)
    with pytest.raises(NotEnoughBudget):
        await stand.reserve(1)


async def test_a_channels_limit_is_everybodys_there() -> None:
    stand = Stand()
    await stand.set("channel", make.CHANNEL, 600)
    await stand.reserve(400)
    with pytest.raises(NotEnoughBudget) as refused:
        await stand.reserve(300, who=Actor(make.TEAM, make.BEN))
    assert (refused.value.limit.kind, refused.value.limit.left) == ("channel", 200)
    await stand.reserve(300, who=Actor(make.TEAM, make.BEN), channel="C2")


async def test_what_does_not_fit_under_one_limit_is_held_under_none() -> None:
    stand = Stand()
    await stand.set("workspace", "", 100, period="month")
    with pytest.raises(NotEnoughBudget):
        await stand.reserve(200)
    assert {(state.kind, state.reserved) for state in await stand.limits.states(make.anna(), None)} == {
        ("person", 0),
        ("workspace", 0),
    }


async def test_of_several_limits_in_the_way_the_longest_is_named() -> None:
    stand = Stand(100)
    await stand.set("person", make.ANNA, 90, period="month")
    with pytest.raises(NotEnoughBudget) as refused:
        await stand.reserve(200)
    assert refused.value.limit.period == "month"
    assert refused.value.limit.resets_at == datetime(2026, 12, 1, tzinfo=UTC)


async def test_money_is_limited_as_tokens_are() -> None:
    stand = Stand()
    await stand.set("person", make.ANNA, 2_000_000, MICRODOLLARS, "month")
    held = await stand.reserve(10, microdollars=1_500_000)
    with pytest.raises(NotEnoughBudget) as refused:
        await stand.reserve(10, microdollars=600_000)
    assert (refused.value.needed, refused.value.limit.left) == (600_000, 500_000)
    await stand.settle(held, 10, 100_000)
    await stand.reserve(10, microdollars=1_900_000)


async def test_a_cap_lowered_below_what_is_spent_only_refuses() -> None:
    stand = Stand()
    await stand.settle(await stand.reserve(800), 800)
    await stand.set("person", make.ANNA, 500)
    with pytest.raises(NotEnoughBudget) as refused:
        await stand.reserve(1)
    assert refused.value.limit.left == 0


async def test_room_is_what_fits_under_every_limit() -> None:
    stand = Stand()
    assert await stand.limits.room(make.anna(), make.CHANNEL) == Amount(1_000, NO_LIMIT)
    await stand.set("channel", make.CHANNEL, 700)
    await stand.set("workspace", "", 5_000_000, MICRODOLLARS, "month")
    await stand.reserve(100, microdollars=1)
    assert await stand.limits.room(make.anna(), make.CHANNEL) == Amount(600, 4_999_999)


async def test_a_limit_set_in_another_process_holds_at_once() -> None:
    stand = Stand()
    await stand.reserve(1)
    async with stand.uow() as uow:
        line = make.line(0, cap=5)
        await uow.limits.set(make.TEAM, Limit("person", make.ANNA, "day", "tokens", 5), line)
        await uow.commit()
    with pytest.raises(NotEnoughBudget):
        await stand.reserve(5)


# ---- time ------------------------------------------------------------------------------------------


async def test_days_are_those_of_the_desks_zone() -> None:
    stand = Stand(zone="Asia/Kolkata")
    await stand.reserve(1_000)
    stand.clock.tick(6 * 3600 + 29 * 60)  # 23:59 in Kolkata
    with pytest.raises(NotEnoughBudget) as refused:
        await stand.reserve(1)
    assert refused.value.limit.resets_at == datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
    stand.clock.tick(60)
    await stand.reserve(1_000)


async def test_only_questions_are_counted_in_their_minute() -> None:
    stand = Stand(per_minute=2)
    for _ in range(2):
        await stand.reserve(1, question=True)
    with pytest.raises(TooManyRequests):
        await stand.reserve(1, question=True)
    await stand.reserve(1)
    stand.clock.tick(60)
    await stand.reserve(1, question=True)


# ---- who can raise it ------------------------------------------------------------------------------


async def test_without_owners_the_workspaces_admins_are_named() -> None:
    stand = Stand(owners=())
    assert await stand.limits.raisers(make.TEAM) == []
    await stand.setting.all(Actor(make.TEAM, make.BEN))
    assert await stand.limits.raisers(make.TEAM) == [make.BEN]
    assert await Stand().limits.raisers(make.TEAM) == (OWNER,)


# ---- the worst case --------------------------------------------------------------------------------


def test_the_worst_case_is_the_dearest_models_with_all_of_the_input_written_to_its_cache() -> None:
    chain = [FakeModel(name="a"), FakeModel(name="bbb")]
    assert worst_case(OnePrice("a", "bbb"), chain, 1_000, 100) == Amount(1_100, 3 * 10_100)


def test_a_model_of_unknown_price_counts_as_the_dearest_known() -> None:
    chain = [FakeModel(name="a"), FakeModel(name="unknown")]
    assert worst_case(OnePrice("a"), chain, 1_000, 100) == Amount(1_100, 10_100)


def test_where_no_price_is_known_only_tokens_are_held() -> None:
    assert worst_case(OnePrice(), [FakeModel(name="a")], 1_000, 100) == Amount(1_100, 0)
