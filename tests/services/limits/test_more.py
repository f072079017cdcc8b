from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from services.entities.limits import NearlyFull
from services.entities.people import Actor
from services.errors import NotAllowed, NotEnoughBudget, NotFound
from services.limits import Full
from services.limits.more import REQUEST_TASK, WARN_TASK, steps
from tests import factories as make
from tests.services.limits.stand import OWNER, Stand

OLGA, BEN = Actor(make.TEAM, OWNER), Actor(make.TEAM, make.BEN)


async def refused(stand: Stand) -> Full:
    await stand.settle(await stand.reserve(900), 900)
    with pytest.raises(NotEnoughBudget) as error:
        await stand.reserve(500)
    limit = error.value.limit
    return Full(limit.scope, limit.starts, limit.unit)


async def asked(stand: Stand) -> UUID:
    await stand.more.ask(make.anna(), await refused(stand), make.CHANNEL, None)
    return next(iter(stand.memory.limit_requests))


async def test_the_owners_are_asked_once_while_it_is_open() -> None:
    stand = Stand()
    full = await refused(stand)
    assert await stand.more.ask(make.anna(), full, make.CHANNEL, None) == ((OWNER,), True)
    assert await stand.more.ask(make.anna(), full, make.CHANNEL, None) == ((OWNER,), False)
    assert len(stand.memory.limit_requests) == 1
    await stand.more.show(next(iter(stand.memory.limit_requests)))
    [(to, wish, state)] = stand.notices.wishes
    assert (to, wish.actor, wish.state) == (OWNER, make.anna(), "open")
    assert state is not None
    assert (state.cap, state.left) == (1_000, 100)


async def test_what_is_granted_can_be_used_at_once_and_is_told() -> None:
    stand = Stand()
    wish = await asked(stand)
    assert await stand.more.grant(OLGA, wish, 500)
    await stand.reserve(500)
    assert stand.memory.jobs[-1] == (REQUEST_TASK, {"request": str(wish)})
    await stand.more.show(wish)
    [(request, state)] = stand.notices.answers
    assert (request.bonus, request.decided_by) == (500, OWNER)
    assert state is not None
    assert state.cap == 1_500


async def test_a_wish_is_decided_once() -> None:
    stand = Stand()
    wish = await asked(stand)
    assert await stand.more.grant(BEN, wish, 500)
    assert not await stand.more.grant(OLGA, wish, 500)
    assert not await stand.more.decline(OLGA, wish)
    assert (await stand.own_day()).cap == 1_500


async def test_who_asks_cannot_grant_it_to_themselves() -> None:
    stand = Stand()
    wish = await asked(stand)
    for act in (stand.more.grant(make.anna(), wish, 5), stand.more.decline(make.anna(), wish)):
        with pytest.raises(NotAllowed):
            await act


async def test_a_wish_of_another_workspace_is_none_here() -> None:
    stand = Stand(owners=(OWNER,))
    wish = await asked(stand)
    stand.memory.limit_requests[wish] = replace(stand.memory.limit_requests[wish], actor=Actor("T2", "U1"))
    with pytest.raises(NotFound):
        await stand.more.grant(OLGA, wish, 5)


async def test_nobody_asks_for_another_persons_limit() -> None:
    stand = Stand()
    full = await refused(stand)
    with pytest.raises(NotAllowed):
        await stand.more.ask(BEN, full, make.CHANNEL, None)


async def test_a_period_that_is_over_needs_no_more() -> None:
    stand = Stand()
    full = await refused(stand)
    stand.clock.tick(timedelta(days=1).total_seconds())
    with pytest.raises(NotFound):
        await stand.more.ask(make.anna(), full, make.CHANNEL, None)


async def test_what_is_granted_is_for_its_period_only() -> None:
    stand = Stand()
    await stand.more.grant(OLGA, await asked(stand), 500)
    stand.clock.tick(timedelta(days=1).total_seconds())
    assert (await stand.own_day()).cap == 1_000


async def test_a_limit_nearly_used_up_is_warned_of_once() -> None:
    stand = Stand()
    await stand.settle(await stand.reserve(850), 850)
    assert await stand.more.warn_due() == 1
    assert await stand.more.warn_due() == 0
    task, payload = stand.memory.jobs[-1]
    assert (task, payload["user"]) == (WARN_TASK, make.ANNA)
    due = NearlyFull(payload["scope"], stand.today, payload["unit"], make.anna())
    await stand.more.warn(due)
    [(_, state)] = stand.notices.warnings
    assert (state.spent, state.cap) == (850, 1_000)


async def test_who_wants_no_warnings_is_not_warned() -> None:
    stand = Stand()
    async with stand.uow() as uow:
        await uow.people.set_setting(make.anna(), "warnings", "off")
        await uow.commit()
    await stand.settle(await stand.reserve(850), 850)
    await stand.more.warn(NearlyFull(f"user:{make.TEAM}:{make.ANNA}/day", stand.today, "tokens", make.anna()))
    assert stand.notices.warnings == []


async def test_nobody_is_warned_of_yesterday() -> None:
    stand = Stand()
    await stand.settle(await stand.reserve(850), 850)
    due = NearlyFull(f"user:{make.TEAM}:{make.ANNA}/day", stand.today, "tokens", make.anna())
    stand.clock.tick(timedelta(days=1).total_seconds())
    await stand.more.warn(due)
    assert stand.notices.warnings == []


def test_a_usual_step_and_as_much_again_are_offered() -> None:
    assert steps(500_000, "tokens") == [100_000, 500_000]
    assert steps(20_000_000, "microdollars") == [5_000_000, 20_000_000]
    assert steps(100_000, "tokens") == [100_000]
