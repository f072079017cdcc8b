"""Ticks: each at its time, once, whoever leads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import asyncpg

from jobs.queue import Enqueuer
from jobs.schedule import Enqueue, Entry, Schedule, cron, every, latest_tick
from tests.jobs.support import CUT_ALL, eventually

NOON = datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOLDER = """SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


def entry(name: str = "sweep", **changes: object) -> Entry:
    return Entry(**{"name": name, "trigger": every(MINUTE), "task": "sweep", **changes})  # type: ignore[arg-type]


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


@asynccontextmanager
async def scheduling(
    dsn: str, *entries: Entry, now: Callable[[], datetime] | None = None, enqueue: Enqueue | None = None
) -> AsyncIterator[Schedule]:
    schedule = Schedule(dsn, entries, enqueue or Enqueuer(), now=now or at(NOON), candidacy=0.05)
    await schedule.start()
    try:
        yield schedule
    finally:
        await schedule.stop()


async def jobs(connection: asyncpg.Connection) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM queue.pgqueuer"))


async def ticks(connection: asyncpg.Connection) -> list[datetime]:
    return [row["fire_at"] for row in await connection.fetch("SELECT fire_at FROM schedule_ticks ORDER BY 1")]


def test_the_latest_tick_is_the_only_one_made_up() -> None:
    assert latest_tick(entry(), NOON) == NOON.replace(second=0)


def test_a_tick_that_was_fired_is_not_due_again() -> None:
    assert latest_tick(entry(), NOON, NOON.replace(second=0)) is None


def test_a_tick_beyond_the_age_limit_is_not_made_up() -> None:
    nightly = entry(trigger=cron("0 3 * * *"), max_age=timedelta(hours=2))
    assert latest_tick(nightly, NOON) is None


def test_times_are_those_of_the_entrys_zone() -> None:
    nightly = entry(trigger=cron("0 3 * * *", timezone="Europe/Prague"), max_age=timedelta(days=1))
    assert latest_tick(nightly, NOON) == NOON.replace(hour=2, minute=0, second=0)


def test_an_interval_has_the_same_times_in_every_process() -> None:
    moments = {latest_tick(entry(), NOON + timedelta(seconds=n)) for n in range(0, 29, 7)}
    assert moments == {NOON.replace(second=0)}


async def test_a_new_leader_puts_the_missed_tick_into_the_queue(
    dsn: str, connection: asyncpg.Connection
) -> None:
    async with scheduling(dsn, entry()) as schedule:
        await eventually(lambda: _any_job(connection))
        assert schedule.leading
    assert await ticks(connection) == [NOON.replace(second=0)]


async def test_ticks_go_on_while_it_leads(dsn: str, connection: asyncpg.Connection) -> None:
    often = entry(trigger=every(timedelta(seconds=0.5)), max_age=MINUTE)
    async with scheduling(dsn, often, now=lambda: datetime.now(UTC)):
        await eventually(lambda: _jobs_are(connection, 3))
    assert len(await ticks(connection)) == await jobs(connection)


async def test_two_schedules_fire_each_tick_once(dsn: str, connection: asyncpg.Connection) -> None:
    entries = [entry("one"), entry("two")]
    async with scheduling(dsn, *entries) as first, scheduling(dsn, *entries) as second:
        await eventually(lambda: _jobs_are(connection, 2))
        assert [first.leading, second.leading].count(True) == 1
        leader, other = (first, second) if first.leading else (second, first)
        await leader.stop()
        await eventually(lambda: other.leading)
    assert await jobs(connection) == 2


async def test_the_lead_is_taken_again_after_a_cut(dsn: str, connection: asyncpg.Connection) -> None:
    async with scheduling(dsn, entry()) as schedule:
        await eventually(lambda: schedule.leading)
        holder = await connection.fetchval(HOLDER)
        await connection.execute(CUT_ALL)
        await eventually(lambda: _held_by_another_than(connection, holder))
        await eventually(lambda: schedule.leading)


async def test_a_tick_without_its_job_is_not_kept(dsn: str, connection: asyncpg.Connection) -> None:
    attempts = []

    async def fails_once(driver: asyncpg.Connection, task: str, payload: bytes) -> None:
        attempts.append(task)
        if len(attempts) == 1:
            raise ValueError(task)
        await Enqueuer()(driver, task, payload)

    async with scheduling(dsn, entry(), enqueue=fails_once):
        await eventually(lambda: _any_job(connection))
    assert len(await ticks(connection)) == await jobs(connection) == 1


async def test_old_ticks_are_pruned(dsn: str, connection: asyncpg.Connection) -> None:
    old = NOON - timedelta(days=30)
    await connection.execute("INSERT INTO schedule_ticks VALUES ('sweep', $1)", old)
    async with scheduling(dsn, entry()):
        await eventually(lambda: _any_job(connection))
    assert old not in await ticks(connection)


async def _any_job(connection: asyncpg.Connection) -> bool:
    return await jobs(connection) > 0


async def _jobs_are(connection: asyncpg.Connection, number: int) -> bool:
    return await jobs(connection) >= number


async def _held_by_another_than(connection: asyncpg.Connection, pid: int) -> bool:
    return await connection.fetchval(HOLDER) not in {None, pid}
