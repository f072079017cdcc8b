"""A stop reaches the worker of a turn, in this process and in others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.cancellation import PostgresCancellation
from tests.databases import Database
from tests.storage.cuts import cut_all


async def listening(cancellation: PostgresCancellation) -> None:
    async with asyncio.timeout(10):
        while not cancellation.listening:
            await asyncio.sleep(0.01)


@pytest.fixture
async def here(engine: AsyncEngine, database: Database) -> AsyncIterator[PostgresCancellation]:
    cancellation = PostgresCancellation(engine, database.dsn)
    await cancellation.start()
    await listening(cancellation)
    yield cancellation
    await cancellation.stop()


@pytest.fixture
def elsewhere(engine: AsyncEngine, database: Database) -> PostgresCancellation:
    """Another process: it only sends."""
    return PostgresCancellation(engine, database.dsn)


async def test_a_stop_in_the_same_process_holds_at_once(elsewhere: PostgresCancellation) -> None:
    turn = uuid4()
    async with elsewhere.watch(turn) as token:
        assert not token.cancelled
        await elsewhere.cancel(turn)
        assert token.cancelled


async def test_a_stop_reaches_another_process(
    here: PostgresCancellation, elsewhere: PostgresCancellation
) -> None:
    turn = uuid4()
    async with here.watch(turn) as token:
        await elsewhere.cancel(turn)
        await asyncio.wait_for(token.wait(), 10)


async def test_other_turns_go_on(here: PostgresCancellation, elsewhere: PostgresCancellation) -> None:
    turn, other = uuid4(), uuid4()
    async with here.watch(turn) as token, here.watch(other) as untouched:
        await elsewhere.cancel(turn)
        await asyncio.wait_for(token.wait(), 10)
        assert not untouched.cancelled


async def test_stop_requests_found_in_the_table_are_handed_in(here: PostgresCancellation) -> None:
    turn = uuid4()
    async with here.watch(turn) as token:
        here.mark([uuid4(), turn])
        assert token.cancelled


async def test_nothing_is_left_of_a_turn_that_ended(here: PostgresCancellation) -> None:
    turn = uuid4()
    async with here.watch(turn) as first:
        await here.cancel(turn)
    async with here.watch(turn) as again:
        assert (first.cancelled, again.cancelled) == (True, False)


async def test_it_listens_again_after_its_connection_was_cut(
    here: PostgresCancellation, elsewhere: PostgresCancellation, database: Database
) -> None:
    turn = uuid4()
    await cut_all(database.dsn)
    async with here.watch(turn) as token, asyncio.timeout(10):
        while not token.cancelled:
            await elsewhere.cancel(turn)
            await asyncio.sleep(0.01)


async def test_a_lost_database_does_not_keep_a_stop_from_this_process(database: Database) -> None:
    nowhere = create_async_engine("postgresql+asyncpg://nobody@localhost:1/nothing")
    cancellation = PostgresCancellation(nowhere, database.dsn)
    turn = uuid4()
    async with cancellation.watch(turn) as token:
        await cancellation.cancel(turn)
        assert token.cancelled
    await nowhere.dispose()
