from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson

from jobs.queue import Enqueuer, Worker
from jobs.tasks import Retry, Run, Task, table

CUT_ALL = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()"""

AT_ONCE = Retry(attempts=3, first=0, factor=1)


class Overloaded(Exception):
    permanent = False


class Misused(Exception):
    permanent = True


class Recorder:
    """A task's callable that remembers its payloads, and fails as often as it is told."""

    def __init__(self, *failures: Exception) -> None:
        self.payloads: list[dict[str, str]] = []
        self._failures = list(failures)

    async def __call__(self, payload: dict[str, str]) -> None:
        self.payloads.append(payload)
        if self._failures:
            raise self._failures.pop(0)


class Gate:
    """A task's callable whose jobs go on until they are let go."""

    def __init__(self) -> None:
        self.entered, self.left, self.cancelled = 0, 0, 0
        self._open = asyncio.Event()

    async def __call__(self, payload: dict[str, str]) -> None:
        self.entered += 1
        try:
            await self._open.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        self.left += 1

    def release(self) -> None:
        self._open.set()


async def eventually(
    condition: Callable[[], bool] | Callable[[], Awaitable[bool]], within: float = 15.0
) -> None:
    async with asyncio.timeout(within):
        while True:
            met = condition()
            if met if isinstance(met, bool) else await met:
                return
            await asyncio.sleep(0.01)


async def enqueue(connection: asyncpg.Connection, task: str, **payload: str) -> None:
    async with connection.transaction():
        await Enqueuer()(connection, task, orjson.dumps(payload))


@asynccontextmanager
async def working(
    dsn: str, run: Run, *, retry: Retry = AT_ONCE, limit: int = 0, **options: Any
) -> AsyncIterator[Worker]:
    """A worker whose one task is called "test"."""
    worker = Worker(dsn, table(Task("test", run, limit, retry)), **{"poll": 0.1, **options})
    await worker.start()
    try:
        await eventually(lambda: worker.alive)
        yield worker
    finally:
        await worker.stop(timeout=5)


async def count(connection: asyncpg.Connection, status: str) -> int:
    return int(
        await connection.fetchval("SELECT count(*) FROM queue.pgqueuer WHERE status::text = $1", status)
    )
