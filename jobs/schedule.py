"""What runs when. APScheduler's triggers say when; one worker, the leader, puts each tick into the queue.

A tick is a row, written in one transaction with its job: two leaders for a moment do no harm, and a new
leader sees what the old one missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

import orjson
import structlog
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from jobs.connection import Backoff, Connection, connected, connector, is_lost_connection

Enqueue = Callable[[Connection, str, bytes], Awaitable[None]]

_LOCK = 0x5340_5243  # any number, the same in every release
_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
_LONGEST_SLEEP = 5.0
_TRY_TO_LEAD_EVERY = 2.0
_PRUNE_EVERY = timedelta(hours=1)
_KEEP = timedelta(days=2)

_TICK = """INSERT INTO schedule_ticks (job, fire_at) VALUES ($1, $2)
           ON CONFLICT DO NOTHING RETURNING true"""
_PRUNE = "DELETE FROM schedule_ticks WHERE fire_at < $1"

log = structlog.get_logger(__name__)


class Trigger(Protocol):
    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """`trigger` gives the same times in every process. A tick older than `max_age` is not made up for."""

    name: str
    trigger: Trigger
    task: str
    payload: Mapping[str, str] = field(default_factory=dict)
    max_age: timedelta = timedelta(hours=1)


def every(interval: timedelta) -> Trigger:
    """Counted from a fixed moment, not from when this process started."""
    trigger: Trigger = IntervalTrigger(seconds=interval.total_seconds(), start_date=_EPOCH, timezone=UTC)
    return trigger


def cron(expression: str, *, timezone: str = "UTC") -> Trigger:
    """The five fields of crontab."""
    trigger: Trigger = CronTrigger.from_crontab(expression, timezone=timezone)
    return trigger


def latest_tick(entry: Entry, now: datetime, after: datetime | None = None) -> datetime | None:
    """The newest time at or before `now` that is after `after` and within the entry's age limit."""
    latest, tick = None, _tick_from(entry, now - entry.max_age, after)
    while tick is not None and tick <= now:
        latest, tick = tick, entry.trigger.get_next_fire_time(tick, tick)
    return latest


def _tick_from(entry: Entry, oldest: datetime, after: datetime | None) -> datetime | None:
    if after is not None and after >= oldest:
        return entry.trigger.get_next_fire_time(after, after)
    return entry.trigger.get_next_fire_time(None, oldest)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Schedule:
    def __init__(
        self,
        dsn: str,
        entries: Sequence[Entry],
        enqueue: Enqueue,
        *,
        now: Callable[[], datetime] = _utc_now,
        candidacy: float = _TRY_TO_LEAD_EVERY,
    ) -> None:
        self._connect = connector(dsn, name="showrunner schedule")
        self._entries, self._enqueue, self._now = entries, enqueue, now
        self._candidacy = candidacy
        self._loop: asyncio.Task[None] | None = None
        self._leading = False

    @property
    def leading(self) -> bool:
        return self._leading

    async def start(self) -> None:
        self._loop = asyncio.create_task(self._stand_for_ever(), name="schedule")

    async def stop(self) -> None:
        """Closes the connection and with it gives the lead to somebody else."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.wait({self._loop})
            self._loop = None

    async def _stand_for_ever(self) -> None:
        backoff = Backoff()
        while True:
            try:
                await self._stand(backoff)
            except Exception as error:
                if is_lost_connection(error):
                    log.warning("schedule.database_lost", error=type(error).__name__)
                else:
                    log.exception("schedule.failed")
            await backoff.rest()

    async def _stand(self, backoff: Backoff) -> None:
        async with connected(self._connect) as (connection, lost):
            while not lost.is_set():
                # Asked again and again: a statement that waits for the lock would hold back vacuum.
                if await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                    await self._lead(connection, lost)
                backoff.reset()
                await _sleep(lost, self._candidacy)

    async def _lead(self, connection: Connection, lost: asyncio.Event) -> None:
        """The ticks go over the connection that holds the lock: without it there are none."""
        self._leading = True
        log.info("schedule.leading")
        fired: dict[str, datetime] = {}
        pruned = datetime.min.replace(tzinfo=UTC)
        try:
            while not lost.is_set():
                now = self._now()
                if now - pruned >= _PRUNE_EVERY:
                    await self._prune(connection, now)
                    pruned = now
                await self._fire(connection, now, fired)
                await _sleep(lost, self._seconds_to_next(self._now()))
        finally:
            self._leading = False

    async def _fire(self, connection: Connection, now: datetime, fired: dict[str, datetime]) -> None:
        for entry in self._entries:
            tick = latest_tick(entry, now, fired.get(entry.name))
            if tick is not None:
                await self._put(connection, entry, tick)
                fired[entry.name] = tick

    async def _put(self, connection: Connection, entry: Entry, tick: datetime) -> None:
        async with connection.transaction():
            if await connection.fetchval(_TICK, entry.name, tick):
                await self._enqueue(connection, entry.task, orjson.dumps(dict(entry.payload)))
                log.info("schedule.tick", job=entry.name, fire_at=tick.isoformat())

    async def _prune(self, connection: Connection, now: datetime) -> None:
        oldest_needed = max((entry.max_age for entry in self._entries), default=timedelta(0))
        await connection.execute(_PRUNE, now - oldest_needed - _KEEP)

    def _seconds_to_next(self, now: datetime) -> float:
        """Never long, so that a changed clock and a silent server are noticed."""
        upcoming = (entry.trigger.get_next_fire_time(None, now) for entry in self._entries)
        rests = [(tick - now).total_seconds() for tick in upcoming if tick is not None]
        return max(0.0, min([*rests, _LONGEST_SLEEP]))


async def _sleep(lost: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(lost.wait(), seconds)
    except TimeoutError:
        return
