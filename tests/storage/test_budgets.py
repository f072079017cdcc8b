"""Reservations: the worst case is held on every limit or on none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from uuid_utils.compat import uuid7

from services.entities.budgets import BudgetLine, BudgetState
from services.ports.work import UnitOfWork, UnitOfWorkFactory
from tests.factories import TEAM, call, line

LATER = datetime.now(UTC) + timedelta(hours=1)
EARLIER = LATER - timedelta(hours=2)


async def state(uow: UnitOfWork, of: BudgetLine) -> BudgetState:
    return await uow.calls.budget(of.scope, of.period, of.unit)


def of_team(amount: int, *, cap: int) -> BudgetLine:
    return line(amount, cap=cap, scope=f"workspace:{TEAM}/day")


async def test_an_unused_budget_is_empty(stores: UnitOfWorkFactory):
    async with stores() as uow:
        assert await state(uow, line()) == BudgetState(spent=0, reserved=0)


async def test_what_fits_is_held_on_every_line(stores: UnitOfWorkFactory):
    lines = [line(10), of_team(10, cap=100)]

    async with stores() as uow:
        assert list(await uow.calls.reserve(uuid7(), lines)) == []
        assert [await state(uow, one) for one in lines] == [BudgetState(0, 10)] * 2


async def test_a_limit_can_be_used_up_exactly(stores: UnitOfWorkFactory):
    async with stores() as uow:
        assert list(await uow.calls.reserve(uuid7(), [line(100, cap=100)])) == []
        assert list(await uow.calls.reserve(uuid7(), [line(1, cap=100)])) == [line(1, cap=100)]


async def test_what_does_not_fit_on_one_line_is_held_on_none(stores: UnitOfWorkFactory):
    fits, too_much = line(10), of_team(10, cap=9)

    async with stores() as uow:
        assert list(await uow.calls.reserve(uuid7(), [fits, too_much])) == [too_much]
        assert await state(uow, fits) == BudgetState(0, 0)
        assert await state(uow, too_much) == BudgetState(0, 0)


async def test_after_a_refusal_the_transaction_goes_on(stores: UnitOfWorkFactory):
    refused, held = uuid7(), uuid7()
    async with stores() as uow:
        await uow.calls.reserve(refused, [line(10, cap=9)])
        await uow.calls.reserve(held, [line(9, cap=9)])
        await uow.commit()

    async with stores() as uow:
        assert not await uow.calls.settle(refused, {"tokens": 1})
        assert await state(uow, line()) == BudgetState(0, 9)


async def test_the_same_reservation_holds_nothing_twice(stores: UnitOfWorkFactory):
    reservation = uuid7()

    async with stores() as uow:
        for _ in range(2):
            assert list(await uow.calls.reserve(reservation, [line(60, cap=100)])) == []
        assert await state(uow, line()) == BudgetState(0, 60)


async def test_settling_books_the_real_use(stores: UnitOfWorkFactory):
    tokens, money = line(100), line(5000, unit="microdollars")
    reservation = uuid7()

    async with stores() as uow:
        await uow.calls.reserve(reservation, [tokens, money])
        assert await uow.calls.settle(reservation, {"tokens": 70, "microdollars": 1200})
        assert await state(uow, tokens) == BudgetState(70, 0)
        assert await state(uow, money) == BudgetState(1200, 0)


async def test_a_second_settle_does_nothing(stores: UnitOfWorkFactory):
    reservation = uuid7()

    async with stores() as uow:
        await uow.calls.reserve(reservation, [line(100)])
        await uow.calls.settle(reservation, {"tokens": 70})
        assert not await uow.calls.settle(reservation, {"tokens": 70})
        assert await state(uow, line()) == BudgetState(70, 0)


async def test_a_use_above_the_estimate_is_booked_over_the_cap(stores: UnitOfWorkFactory):
    reservation = uuid7()

    async with stores() as uow:
        await uow.calls.reserve(reservation, [line(100, cap=100)])
        await uow.calls.settle(reservation, {"tokens": 130})
        assert await state(uow, line()) == BudgetState(130, 0)
        assert await uow.calls.reserve(uuid7(), [line(1, cap=100)])


async def test_settling_the_whole_books_all_that_was_held(stores: UnitOfWorkFactory):
    tokens, money = line(100), line(5000, unit="microdollars")
    reservation = uuid7()

    async with stores() as uow:
        await uow.calls.reserve(reservation, [tokens, money])
        assert await uow.calls.settle_whole(reservation)
        assert not await uow.calls.settle_whole(reservation)
        assert await state(uow, tokens) == BudgetState(100, 0)
        assert await state(uow, money) == BudgetState(5000, 0)


async def test_only_old_reservations_whose_call_never_started_are_swept(stores: UnitOfWorkFactory):
    started, forgotten = uuid7(), uuid7()
    async with stores() as uow:
        await uow.calls.reserve(started, [line(30)])
        await uow.calls.begin(call(), started)
        await uow.calls.reserve(forgotten, [line(10)])
        await uow.calls.reserve(uuid7(), [line(5)])
        await uow.commit()

    async with stores() as uow:
        assert await uow.calls.sweep_reservations(EARLIER) == 0
        assert await uow.calls.sweep_reservations(LATER) == 2
        assert await state(uow, line()) == BudgetState(0, 30)
        assert not await uow.calls.settle(forgotten, {"tokens": 10})


async def test_without_limits_there_is_nothing_to_hold(stores: UnitOfWorkFactory):
    reservation = uuid7()

    async with stores() as uow:
        assert list(await uow.calls.reserve(reservation, [])) == []
        assert await uow.calls.settle(reservation, {"tokens": 5})
