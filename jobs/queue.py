"""The durable queue: PgQueuer on our PostgreSQL. Domain tables are the truth, the queue only wakes."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

import asyncpg
import structlog
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.types import Channel

from jobs.connection import Backoff, Connection, connector
from jobs.driver import LastingDriver
from jobs.runner import Runner, Running
from jobs.schema import QueueSql
from jobs.tasks import Task
from jobs.waking import FrugalQueries

_PRUNE_AT_ONCE = 10_000
_GRACE = 5.0

log = structlog.get_logger(__name__)


async def install(connection: Connection) -> None:
    """Make or upgrade the queue's tables; does nothing when they are as the library wants them.

    Call it outside a transaction (new enum labels need that), by one process at a time.
    """
    queries = QueueSql().over(AsyncpgDriver(connection))
    if not await queries.schema_is_installed():
        await queries.install()
        await queries.optimize_autovacuum()
    elif (await queries.plan_upgrade()).statements:
        await queries.apply_upgrade()


async def _nothing(_: Connection) -> None:
    """The queue leaves nothing on a connection that would have to be reset with a round trip."""


class Enqueuer:
    """Puts jobs into the queue inside the caller's transaction: its commit makes them visible."""

    def __init__(self) -> None:
        self._sql = QueueSql()

    async def __call__(self, connection: Connection, task: str, payload: bytes) -> None:
        await self.later(connection, task, payload, timedelta(0))

    async def later(self, connection: Connection, task: str, payload: bytes, delay: timedelta) -> None:
        """The job is taken no sooner than `delay` after the transaction began, at most a poll later."""
        if not connection.is_in_transaction():
            raise RuntimeError("outside a transaction the job would commit by itself")
        await self._sql.over(AsyncpgDriver(connection)).enqueue(task, payload, execute_after=delay)


class Worker:
    """Takes jobs and runs them, as many at once as `concurrency` says, until it is stopped.

    `heartbeat`: after so many seconds without a sign of life another worker takes a job over.
    `poll`: how soon jobs are found of which no notification came: a dead worker's, and those put in for later.
    """

    def __init__(
        self,
        dsn: str,
        tasks: Mapping[str, Task],
        *,
        concurrency: int = 200,
        batch: int = 50,
        pool_size: int = 4,
        heartbeat: float = 5.0,
        poll: float = 2.0,
    ) -> None:
        self._dsn, self._tasks = dsn, tasks
        self._concurrency, self._batch = concurrency, min(batch, concurrency // 2)
        self._pool_size = pool_size
        self._heartbeat, self._poll = timedelta(seconds=heartbeat), timedelta(seconds=poll)
        self._sql, self._running = QueueSql(), Running()
        self._stopping = asyncio.Event()
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._driver: LastingDriver | None = None
        self._loop: asyncio.Task[None] | None = None
        self._manager: QueueManager | None = None

    @property
    def alive(self) -> bool:
        """Whether it takes jobs: for readiness."""
        if self._loop is None or self._driver is None or self._stopping.is_set():
            return False
        return not self._loop.done() and self._driver.alive

    @property
    def running(self) -> int:
        return len(self._running)

    async def taking(self, seconds: float) -> bool:
        """Whether it takes jobs; waits at most so long until it does."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.alive:  # noqa: ASYNC110 - the library tells nobody
                    await asyncio.sleep(0.01)
        return self.alive

    async def start(self) -> None:
        """Returns at once; it is `alive` as soon as the database is."""
        self._pool = await self._open_pool()
        self._driver = LastingDriver(self._pool, connector(self._dsn, name="showrunner queue listener"))
        self._loop = asyncio.create_task(self._keep_working(self._driver), name="queue worker")

    async def stop(self, timeout: float = 30.0) -> None:
        """Take nothing more; wait for running jobs, after `timeout` seconds hand them back to the queue."""
        self._stopping.set()
        if self._manager is not None:
            self._manager.shutdown.set()
        if self._loop is not None and self._driver is not None:
            await self._finish(self._loop, self._driver, timeout)
        if self._pool is not None:
            self._pool.terminate()

    async def counts(self) -> dict[str, dict[str, int]]:
        """Jobs by task and state: "queued", "picked" or "failed" (held)."""
        found: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for line in await self._sql.over(self._connected()).queue_size():
            states = found[line.entrypoint]
            states[line.status] = states.get(line.status, 0) + line.count
        return dict(found)

    async def prune(self, older_than: timedelta) -> int:
        """Delete the queue's history before that; the library never does. Returns how much went."""
        log_table = self._sql.names.qualified.queue_table_log
        statement = f"""WITH gone AS (
            DELETE FROM {log_table} WHERE id IN (
                SELECT id FROM {log_table} WHERE created < now() - $1::interval LIMIT {_PRUNE_AT_ONCE}
            ) RETURNING 1
        ) SELECT count(*)::int AS count FROM gone"""  # noqa: S608
        pruned = 0
        while True:
            rows = await self._connected().fetch(statement, older_than)
            count = int(str(rows[0]["count"]))
            pruned += count
            if count < _PRUNE_AT_ONCE:
                return pruned

    async def _open_pool(self) -> asyncpg.Pool[asyncpg.Record]:
        # Losing the last moments of picks and completions in a crash means that those jobs run again, which
        # they must bear anyway: nothing here waits for the disk. Jobs are put in with their own transaction.
        settings = {"application_name": "showrunner queue", "synchronous_commit": "off", "jit": "off"}
        return await asyncpg.create_pool(
            self._dsn,
            min_size=0,
            max_size=self._pool_size,
            timeout=5.0,
            command_timeout=10.0,
            server_settings=settings,
            reset=_nothing,
        )

    def _connected(self) -> LastingDriver:
        if self._driver is None:
            raise RuntimeError("the worker has not been started")
        return self._driver

    async def _keep_working(self, driver: LastingDriver) -> None:
        backoff = Backoff(first=0.5, longest=10.0)
        while not self._stopping.is_set():
            try:
                await self._work(driver)
            except Exception:
                log.exception("queue.loop_failed")
                await backoff.rest()

    async def _work(self, driver: LastingDriver) -> None:
        queries = FrugalQueries(driver, self._sql)
        manager = QueueManager(queries, channel=Channel(self._sql.names.channel))
        for task in self._tasks.values():
            manager.entrypoint(
                task.name, concurrency_limit=task.concurrency, accepts_context=False, on_failure="hold"
            )(Runner(task, self._running))
        self._manager = manager
        await manager.run(
            dequeue_timeout=self._poll,
            batch_size=self._batch,
            max_concurrent_tasks=self._concurrency,
            heartbeat_timeout=self._heartbeat,
            log_aggregation_interval=timedelta(0),
        )

    async def _finish(self, loop: asyncio.Task[None], driver: LastingDriver, timeout: float) -> None:
        await asyncio.wait({loop}, timeout=timeout)
        if not loop.done():
            log.warning("queue.interrupting", jobs=len(self._running))
            self._running.interrupt()
            driver.give_up()
            await asyncio.wait({loop}, timeout=_GRACE)
        loop.cancel()
        await asyncio.wait({loop})
