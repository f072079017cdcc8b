"""One transaction: all of it or nothing, with its jobs."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from jobs.queue import Enqueuer
from services.errors import StorageUnavailable
from services.ports.work import UnitOfWorkFactory
from storage.engine import make_engine
from storage.uow import unit_of_work
from tests.databases import Database
from tests.factories import TEAM, mention
from tests.storage.acts import asked, hear

CUT_ALL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()"
)


async def test_nothing_is_kept_without_a_commit(stores: UnitOfWorkFactory):
    async with stores() as uow:
        await uow.chat.know_event(TEAM, "Ev1", "app_mention")

    async with stores() as uow:
        assert await uow.chat.know_event(TEAM, "Ev1", "app_mention")


async def test_an_error_takes_everything_back(stores: UnitOfWorkFactory):
    said = mention()

    async def fail() -> None:
        async with stores() as uow:
            await uow.chat.hear(said, answer=True)
            raise LookupError

    with pytest.raises(LookupError):
        await fail()

    assert await hear(stores, said) is not None


async def test_a_unit_of_work_can_commit_more_than_once(stores: UnitOfWorkFactory):
    async with stores() as uow:
        await uow.chat.know_event(TEAM, "Ev1", "app_mention")
        await uow.commit()
        await uow.chat.know_event(TEAM, "Ev2", "app_mention")

    async with stores() as uow:
        assert not await uow.chat.know_event(TEAM, "Ev1", "app_mention")
        assert await uow.chat.know_event(TEAM, "Ev2", "app_mention")


async def test_a_job_is_queued_with_its_payload(
    uow: UnitOfWorkFactory, enqueued: list[tuple[str, dict[str, str]]]
):
    async with uow() as work:
        await work.enqueue("chat.turn", conversation="c1")

    assert enqueued == [("chat.turn", {"conversation": "c1"})]


@pytest.mark.parametrize("committed", [True, False])
async def test_a_job_is_visible_with_the_commit_and_not_without(
    engine: AsyncEngine, database: Database, committed: bool
):
    async with unit_of_work(engine, Enqueuer())() as work:
        await work.enqueue("chat.turn", conversation="c1")
        assert await jobs_in(database) == []
        if committed:
            await work.commit()

    assert await jobs_in(database) == (["chat.turn"] if committed else [])


async def test_an_unused_unit_of_work_begins_no_transaction(uow: UnitOfWorkFactory, engine: AsyncEngine):
    async with uow(), engine.connect() as connection:
        begun = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start <> now()"
        )
        assert await connection.scalar(text(begun)) == 0


async def test_a_cancelled_caller_gives_its_connection_back(uow: UnitOfWorkFactory, engine: AsyncEngine):
    inside = asyncio.Event()

    async def work() -> None:
        async with uow() as one:
            await one.chat.know_event(TEAM, "Ev1", "app_mention")
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await inside.wait()
    task.cancel()
    await asyncio.wait([task])

    assert engine.pool.checkedout() == 0
    async with uow() as one:
        assert await one.chat.know_event(TEAM, "Ev1", "app_mention")


async def test_after_all_connections_are_cut_one_failure_is_enough(
    uow: UnitOfWorkFactory, database: Database, server: Database
):
    await asyncio.gather(*(asked(uow, mention()) for _ in range(5)))
    await server.run(CUT_ALL.format(database.name))

    with pytest.raises(StorageUnavailable):
        await asked(uow, mention())

    await asyncio.gather(*(asked(uow, mention()) for _ in range(5)))


async def test_a_statement_that_takes_too_long_is_ended(database: Database):
    engine = make_engine(database.url, statement_timeout=0.05)
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError, match="statement timeout"):
            await connection.execute(text("SELECT pg_sleep(30)"))
    await engine.dispose()


async def jobs_in(database: Database) -> list[str]:
    connection = await asyncpg.connect(database.dsn)
    try:
        return [row["entrypoint"] for row in await connection.fetch("SELECT entrypoint FROM queue.pgqueuer")]
    finally:
        await connection.close()
