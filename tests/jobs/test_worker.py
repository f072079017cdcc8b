"""What becomes of jobs: done, retried, held, handed back, taken over."""

from __future__ import annotations

from datetime import timedelta

import asyncpg

from jobs.queue import Enqueuer, Worker
from jobs.tasks import Retry, Task, table
from tests.jobs.support import (
    CUT_ALL,
    Gate,
    Misused,
    Overloaded,
    Recorder,
    count,
    enqueue,
    eventually,
    working,
)


async def test_a_job_that_may_succeed_later_is_tried_again(dsn: str, connection: asyncpg.Connection) -> None:
    recorder = Recorder(Overloaded(), ConnectionResetError())
    async with working(dsn, recorder) as worker:
        await enqueue(connection, "test")
        await eventually(lambda: len(recorder.payloads) == 3)
        await eventually(lambda: worker.running == 0)
    assert await count(connection, "failed") == 0


async def test_a_job_that_cannot_succeed_is_held_at_once(dsn: str, connection: asyncpg.Connection) -> None:
    recorder = Recorder(Misused())
    async with working(dsn, recorder) as worker:
        await enqueue(connection, "test")
        await eventually(lambda: _held(worker))
        assert await worker.counts() == {"test": {"failed": 1}}
    assert len(recorder.payloads) == 1


async def test_a_job_that_never_succeeds_is_held_after_its_attempts(
    dsn: str, connection: asyncpg.Connection
) -> None:
    recorder = Recorder(*[Overloaded() for _ in range(9)])
    async with working(dsn, recorder, retry=Retry(attempts=4, first=0)) as worker:
        await enqueue(connection, "test")
        await eventually(lambda: _held(worker))
    assert len(recorder.payloads) == 4


async def test_the_queue_keeps_no_text_of_an_error(dsn: str, connection: asyncpg.Connection) -> None:
    async with working(dsn, Recorder(Overloaded("canary"), Misused("canary"))) as worker:
        await enqueue(connection, "test")
        await eventually(lambda: _held(worker))
    history = await connection.fetch("SELECT traceback::text FROM queue.pgqueuer_log")
    assert any("Misused" in (row["traceback"] or "") for row in history)
    assert not any("canary" in (row["traceback"] or "") for row in history)


async def test_an_unreadable_payload_is_held(dsn: str, connection: asyncpg.Connection) -> None:
    recorder = Recorder()
    async with working(dsn, recorder, retry=Retry(attempts=1)) as worker:
        await connection.execute(
            """INSERT INTO queue.pgqueuer (priority, entrypoint, payload, status)
               VALUES (0, 'test', '?', 'queued')"""
        )
        await eventually(lambda: _held(worker))
    assert recorder.payloads == []


async def test_stopping_waits_for_running_jobs(dsn: str, connection: asyncpg.Connection) -> None:
    gate = Gate()
    async with working(dsn, gate):
        await enqueue(connection, "test")
        await eventually(lambda: gate.entered == 1)
        gate.release()
    assert gate.left == 1
    assert await count(connection, "picked") == 0


async def test_what_runs_too_long_at_a_stop_goes_back_into_the_queue(
    dsn: str, connection: asyncpg.Connection
) -> None:
    gate, recorder = Gate(), Recorder()
    async with working(dsn, gate) as worker:
        await enqueue(connection, "test", n="1")
        await eventually(lambda: gate.entered == 1)
        await worker.stop(timeout=0)
    assert gate.cancelled == 1
    async with working(dsn, recorder):
        await eventually(lambda: recorder.payloads == [{"n": "1"}])


async def test_a_stopped_worker_takes_nothing_more(dsn: str, connection: asyncpg.Connection) -> None:
    recorder = Recorder()
    async with working(dsn, recorder) as worker:
        await worker.stop()
        assert not worker.alive
        await enqueue(connection, "test")
    assert await count(connection, "queued") == 1


async def test_without_its_database_it_starts_not_alive_and_can_be_stopped() -> None:
    worker = Worker("postgresql://nobody@/nothing?host=/nonexistent", table(Task("test", Recorder())))
    await worker.start()
    assert not worker.alive
    await worker.stop(timeout=0)


async def test_running_jobs_and_the_queue_outlive_a_cut_of_all_connections(
    dsn: str, connection: asyncpg.Connection
) -> None:
    gate = Gate()
    async with working(dsn, gate) as worker:
        await enqueue(connection, "test")
        await eventually(lambda: gate.entered == 1)
        await connection.execute(CUT_ALL)
        await enqueue(connection, "test")
        await eventually(lambda: gate.entered == 2)
        await eventually(lambda: worker.alive)
        gate.release()
        await eventually(lambda: _empty(connection))
    assert (gate.left, gate.cancelled) == (2, 0)


async def test_a_dead_workers_job_is_taken_over(dsn: str, connection: asyncpg.Connection) -> None:
    recorder = Recorder()
    await enqueue(connection, "test", n="1")
    await connection.execute(
        """UPDATE queue.pgqueuer SET status = 'picked', queue_manager_id = gen_random_uuid(),
                                     heartbeat = now() - interval '6 s'"""
    )
    async with working(dsn, recorder):
        await eventually(lambda: recorder.payloads == [{"n": "1"}])


async def test_a_job_that_runs_for_long_is_not_taken_over(dsn: str, connection: asyncpg.Connection) -> None:
    gate, recorder = Gate(), Recorder()
    async with working(dsn, gate, heartbeat=0.5), working(dsn, recorder, heartbeat=0.5):
        await enqueue(connection, "test")
        await eventually(lambda: gate.entered + len(recorder.payloads) == 1)
        before = await _heartbeat(connection)
        if before is not None:
            await eventually(lambda: _beats_after(connection, before))
        gate.release()
    assert gate.entered + len(recorder.payloads) == 1


async def test_two_workers_share_the_jobs(dsn: str, connection: asyncpg.Connection) -> None:
    gate = Gate()
    async with (
        working(dsn, gate, concurrency=2) as one,
        working(dsn, gate, concurrency=2) as other,
    ):
        for _ in range(5):
            await enqueue(connection, "test")
        await eventually(lambda: one.running == other.running == 2)
        gate.release()
        await eventually(lambda: gate.left == 5)


async def test_what_a_limit_kept_back_follows_as_soon_as_there_is_room(
    dsn: str, connection: asyncpg.Connection
) -> None:
    recorder = Recorder()
    async with connection.transaction():
        for n in range(40):
            await Enqueuer()(connection, "test", b'{"n": "%d"}' % n)
    async with working(dsn, recorder, concurrency=4, poll=60):
        await eventually(lambda: len(recorder.payloads) == 40)


async def test_a_tasks_limit_holds_over_all_workers(dsn: str, connection: asyncpg.Connection) -> None:
    gate = Gate()
    async with working(dsn, gate, limit=1), working(dsn, gate, limit=1):
        for _ in range(3):
            await enqueue(connection, "test")
        await eventually(lambda: gate.entered == 1)
        assert await count(connection, "picked") == 1
        gate.release()
        await eventually(lambda: gate.left == 3)


async def test_old_history_is_pruned(dsn: str, connection: asyncpg.Connection) -> None:
    recorder = Recorder()
    async with working(dsn, recorder) as worker:
        await enqueue(connection, "test")
        await eventually(lambda: _empty(connection))
        await connection.execute("UPDATE queue.pgqueuer_log SET created = now() - interval '8 days'")
        await enqueue(connection, "test")
        assert await worker.prune(timedelta(days=7)) == 3
        assert await worker.prune(timedelta(days=7)) == 0
        await eventually(lambda: len(recorder.payloads) == 2)


async def _held(worker: Worker) -> bool:
    return (await worker.counts()).get("test", {}).get("failed") == 1


async def _empty(connection: asyncpg.Connection) -> bool:
    return not await connection.fetchval("SELECT EXISTS (SELECT FROM queue.pgqueuer)")


async def _heartbeat(connection: asyncpg.Connection) -> object:
    return await connection.fetchval("SELECT heartbeat FROM queue.pgqueuer")


async def _beats_after(connection: asyncpg.Connection, before: object) -> bool:
    return await _heartbeat(connection) != before
