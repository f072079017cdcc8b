from __future__ import annotations

import asyncio

import pytest

from services.errors import StorageUnavailable
from services.retry import persistently, to_the_end
from tests.fakes.clock import FakeClock


async def test_a_transaction_is_tried_again_while_the_database_is_away() -> None:
    outages = [StorageUnavailable()] * 3

    async def store() -> str:
        if outages:
            raise outages.pop()
        return "stored"

    assert await persistently(FakeClock(), store) == "stored"


async def test_in_the_end_it_gives_up() -> None:
    clock, tries = FakeClock(), 0

    async def store() -> None:
        nonlocal tries
        tries += 1
        raise StorageUnavailable

    with pytest.raises(StorageUnavailable):
        await persistently(clock, store, seconds=60)
    assert clock.monotonic() <= 60
    assert tries > 10


async def test_other_faults_are_not_tried_again() -> None:
    async def store() -> None:
        raise ValueError

    with pytest.raises(ValueError):
        await persistently(FakeClock(), store)


async def test_work_to_be_done_to_its_end_is_done_before_a_cancellation_is_obeyed() -> None:
    going_on, done = asyncio.Event(), []

    async def work() -> None:
        await going_on.wait()
        done.append("stored")

    task = asyncio.create_task(to_the_end(work()))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    going_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == ["stored"]


async def test_what_it_gives_or_raises_comes_through() -> None:
    async def give() -> int:
        return 7

    async def fail() -> None:
        raise ValueError

    assert await to_the_end(give()) == 7
    with pytest.raises(ValueError):
        await to_the_end(fail())
