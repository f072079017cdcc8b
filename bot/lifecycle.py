"""Start, drain, stop."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, Literal, TypeVar

import structlog
from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.app import Desk, build
from bot.config import Settings
from bot.gate import EventsGate
from bot.infrastructure import Infrastructure, ended, opened
from bot.sockets import Sockets
from bot.web import Handler, Site
from handlers.routes import Task
from jobs import tasks
from jobs.queue import Worker
from jobs.schedule import Schedule
from services.chat.intake import TURN_TASK

log = structlog.get_logger()

WORKER_START = 10.0  # seconds
T = TypeVar("T")
Role = Literal["all", "web", "worker"]


class Program:
    """What runs in one process. `web` hears Slack, `worker` does the queued work, `all` both."""

    def __init__(self, settings: Settings, role: Role, base: Infrastructure, desk: Desk) -> None:
        self._settings = settings
        self._base = base
        self._desk = desk
        self._hears = role in {"all", "web"}
        self._works = role in {"all", "worker"}
        self._sockets: Sockets | None = None
        self._worker: Worker | None = None
        self._stopping = False
        self.port = settings.port

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everything is up inside; on the way out new work ends first, then what runs is drained."""
        async with AsyncExitStack() as stack:
            await self._desk.cancellation.start()
            stack.push_async_callback(self._desk.cancellation.stop)
            stack.push_async_callback(self._desk.chat.drained)
            stack.push_async_callback(self._desk.listeners.drained, self._settings.drain_seconds)
            if self._works:
                await self._start_work(stack)
            await self._start_site(stack)
            if self._hears and self._settings.mode == "socket":
                await self._start_sockets(stack)
            if self._worker is not None and not await self._worker.taking(WORKER_START):
                log.warning("worker.late", seconds=WORKER_START)
            log.info("program.ready", port=self.port, mode=self._settings.mode)
            try:
                yield
            finally:
                self._stopping = True
                log.info("program.draining", seconds=self._settings.drain_seconds)

    async def _start_work(self, stack: AsyncExitStack) -> None:
        desk, settings, dsn = self._desk, self._settings, self._base.database.dsn
        leases = asyncio.create_task(desk.upkeep.keep_leases(), name="leases")
        stack.push_async_callback(ended, leases)  # after the worker has drained: entered before it
        table = tasks.table(*(self._job(task) for task in desk.tasks.values()))
        self._worker = Worker(
            dsn, table, concurrency=settings.workers * 2, heartbeat=settings.heartbeat_seconds
        )
        await self._worker.start()
        desk.at_once.start(self._measured(TURN_TASK, desk.fresh))
        stack.push_async_callback(self._stop_work, self._worker)
        schedule = Schedule(dsn, desk.entries, desk.enqueuer)
        await schedule.start()
        stack.push_async_callback(schedule.stop)

    async def _stop_work(self, worker: Worker) -> None:
        seconds = self._settings.drain_seconds
        await asyncio.gather(worker.stop(seconds), self._desk.at_once.stop(seconds))

    def _job(self, task: Task) -> tasks.Task:
        return tasks.Task(task.name, self._measured(task.name, lambda payload: task.run(**payload)))

    def _measured(self, name: str, work: Callable[[T], Awaitable[None]]) -> Callable[[T], Awaitable[None]]:
        metrics = self._desk.metrics

        async def run(what: T) -> None:
            outcome = "failed"
            with metrics.job_seconds.labels(name).time():
                try:
                    await work(what)
                    outcome = "done"
                finally:
                    metrics.jobs.labels(name, outcome).inc()

        return run

    async def _start_site(self, stack: AsyncExitStack) -> None:
        site = Site(self._settings, self._desk.metrics, self.checks, self.measure)
        runner = web.AppRunner(
            site.application(self._door(), self._desk.pages), access_log=None, shutdown_timeout=5.0
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        listener = web.TCPSite(runner, self._settings.host, self._settings.port)
        await listener.start()
        self.port = runner.addresses[0][1]

    def _door(self) -> Handler | None:
        """Where Slack's requests come in, in HTTP mode."""
        secret = self._settings.slack_signing_secret
        if not self._hears or self._settings.mode != "http" or secret is None:
            return None
        return EventsGate(self._desk.app, secret.get_secret_value()).receive

    async def _start_sockets(self, stack: AsyncExitStack) -> None:
        token = self._settings.slack_app_token
        self._sockets = Sockets(
            self._desk.app, token.get_secret_value() if token else "", self._settings.sockets
        )
        stack.push_async_callback(self._sockets.close)
        await self._sockets.open()

    async def checks(self) -> Mapping[str, bool]:
        """The parts that must be up for this role, by name."""
        found = {
            "running": not self._stopping,
            "database": await database_answers(self._base.database.engine),
            "slack access": self._desk.access.granted,
        }
        if self._sockets is not None:
            found["slack sockets"] = await self._sockets.connected() > 0
        if self._worker is not None:
            found["worker"] = self._worker.alive
        return found

    async def measure(self) -> None:
        """The queue's depth, as a process that works sees it; none while the database is away."""
        counts: Mapping[str, Mapping[str, int]] = {}
        if self._worker is not None:
            try:
                async with asyncio.timeout(2):
                    counts = await self._worker.counts()
            except Exception as error:  # a scrape is answered in any case
                log.warning("queue.not_counted", error=type(error).__name__)
        self._desk.metrics.show_queue(counts)


async def database_answers(engine: AsyncEngine) -> bool:
    try:
        async with asyncio.timeout(2), engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except Exception:  # whatever it is, the database did not answer
        return False
    return True


@asynccontextmanager
async def started(settings: Settings, role: Role = "all", **overrides: Any) -> AsyncIterator[Program]:
    """A running program; `overrides` as in `build`. For tests too."""
    async with opened(settings) as base:
        desk = build(settings, base, **overrides)
        program = Program(settings, role, base, desk)
        async with program.running():
            yield program


async def serve(settings: Settings, role: Role) -> None:
    """Run until SIGTERM or SIGINT, then drain. A signal while starting (Slack is away) ends the wait."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    up = asyncio.Event()
    running = asyncio.create_task(_serve(settings, role, up, stop))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not up.is_set():
        running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def _serve(settings: Settings, role: Role, up: asyncio.Event, stop: asyncio.Event) -> None:
    async with started(settings, role):
        gc.freeze()  # what a start has made stays, and need not be looked through for garbage again and again
        up.set()
        await stop.wait()
