"""What the queue promises to whoever puts a job in."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from jobs.queue import Enqueuer, install
from tests.jobs.support import Recorder, count, enqueue, eventually, working


async def test_installing_again_changes_nothing(connection: asyncpg.Connection) -> None:
    await enqueue(connection, "test")
    await install(connection)
    assert await count(connection, "queued") == 1


async def test_its_tables_are_in_a_schema_of_their_own(connection: asyncpg.Connection) -> None:
    schemas = await connection.fetch(
        "SELECT DISTINCT schemaname FROM pg_tables WHERE tablename LIKE 'pgqueuer%'"
    )
    assert [row["schemaname"] for row in schemas] == ["queue"]


async def test_names_in_the_environment_do_not_move_its_tables(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGQUEUER_PREFIX", "other_")
    monkeypatch.setenv("CHANNEL", "C42")
    await enqueue(connection, "test")
    assert await count(connection, "queued") == 1


async def test_a_job_goes_with_the_rollback_of_its_transaction(connection: asyncpg.Connection) -> None:
    transaction = connection.transaction()
    await transaction.start()
    await Enqueuer()(connection, "test", b"{}")
    await transaction.rollback()
    assert await count(connection, "queued") == 0


async def test_a_job_outside_a_transaction_is_refused(connection: asyncpg.Connection) -> None:
    with pytest.raises(RuntimeError, match="commit by itself"):
        await Enqueuer()(connection, "test", b"{}")


async def test_a_job_gets_its_payload(dsn: str, connection: asyncpg.Connection) -> None:
    recorder = Recorder()
    async with working(dsn, recorder):
        await enqueue(connection, "test", conversation="c1")
        await eventually(lambda: recorder.payloads == [{"conversation": "c1"}])


async def test_a_job_for_later_is_left_until_then(dsn: str, connection: asyncpg.Connection) -> None:
    recorder = Recorder()
    async with working(dsn, recorder):
        async with connection.transaction():
            await Enqueuer().later(connection, "test", b'{"n": "later"}', timedelta(hours=1))
        await enqueue(connection, "test", n="now")
        await eventually(lambda: len(recorder.payloads) == 1)
    assert recorder.payloads == [{"n": "now"}]
    assert await count(connection, "queued") == 1


async def test_a_job_of_an_unknown_task_waits_for_a_worker_that_knows_it(
    dsn: str, connection: asyncpg.Connection
) -> None:
    recorder = Recorder()
    await enqueue(connection, "of.a.newer.release")
    async with working(dsn, recorder):
        await enqueue(connection, "test")
        await eventually(lambda: len(recorder.payloads) == 1)
    assert await count(connection, "queued") == 1
