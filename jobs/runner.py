"""One job from the queue, run as one call of a task."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import orjson
import structlog
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job

from jobs.tasks import Task

log = structlog.get_logger(__name__)


class Held(Exception):
    """A job that will not be tried again by itself. Names the error's type, never its text:
    the queue keeps it in its history, where nothing a person wrote may appear."""


class Running:
    """The jobs that run in this process now."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()
        self.interrupted = False

    def __len__(self) -> int:
        return len(self._tasks)

    def interrupt(self) -> None:
        """End what still runs; it goes back into the queue for another worker."""
        self.interrupted = True
        for task in self._tasks:
            task.cancel()

    @contextmanager
    def counted(self) -> Iterator[None]:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a job runs in a task")
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)


class Runner:
    """Called by the library with each job of one task; tells it by exception what becomes of a failed one."""

    def __init__(self, task: Task, running: Running) -> None:
        self._task, self._running = task, running

    async def __call__(self, job: Job) -> None:
        with (
            self._running.counted(),
            structlog.contextvars.bound_contextvars(task=job.entrypoint, job=job.id),
        ):
            try:
                await self._task.run(orjson.loads(job.payload or b"{}"))
            except asyncio.CancelledError:
                if not self._running.interrupted:
                    raise
                log.warning("job.interrupted")
                raise RetryRequested(reason="interrupted") from None
            except Exception as error:
                self._fail(job, error)

    def _fail(self, job: Job, error: Exception) -> NoReturn:
        """What is not known to be permanent may pass: a lost database, a bug of a moment."""
        reason, failed = type(error).__name__, job.attempts + 1
        rest = None if getattr(error, "permanent", False) else self._task.retry.delay(failed)
        if rest is None:
            log.error("job.held", error=reason, attempts=failed, exc_info=error)
            raise Held(reason) from None
        log.warning("job.retried", error=reason, attempts=failed, rest=rest.total_seconds(), exc_info=error)
        raise RetryRequested(delay=rest, reason=reason) from None
