"""How often the queue is asked. The library asks nine times for one job of a quiet queue; once is enough."""

from __future__ import annotations

from datetime import timedelta

from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.models import Job, TracebackRecord
from pgqueuer.domain.types import JOB_STATUS, QueueEntrypoint, QueueManagerId
from pgqueuer.ports.repository import EntrypointExecutionParameter

from jobs.driver import LastingDriver
from jobs.schema import QueueSql


class FrugalQueries(Queries):
    """Skips the questions whose answer follows from the last batch and from what was heard since.

    A batch that no limit cut short and that was not full has emptied the queue, unless a notification came
    after it was asked for. Jobs whose time has come, and those of dead workers, are found by the poll.
    """

    def __init__(self, driver: LastingDriver, sql: QueueSql) -> None:
        super().__init__(driver, qbe=sql.environment, qbq=sql.queue, qbs=sql.schedules)
        self._lasting = driver
        self._emptied_at: int | None = None
        self._unlimited = False
        self._mine = 0  # rows that count against our concurrency; at least as many as in the table

    async def dequeue(
        self,
        batch_size: int,
        entrypoints: dict[QueueEntrypoint, EntrypointExecutionParameter],
        queue_manager_id: QueueManagerId,
        global_concurrency_limit: int | None,
        heartbeat_timeout: timedelta,
    ) -> list[Job]:
        heard, emptied_at = self._lasting.heard, self._emptied_at
        self._emptied_at = None
        if emptied_at == heard:
            return []
        room = batch_size if global_concurrency_limit is None else global_concurrency_limit - self._mine
        self._unlimited = room >= batch_size and not any(
            parameter.concurrency_limit for parameter in entrypoints.values()
        )
        jobs = await super().dequeue(
            batch_size, entrypoints, queue_manager_id, global_concurrency_limit, heartbeat_timeout
        )
        self._mine += len(jobs)
        if self._unlimited and 0 < len(jobs) < batch_size:
            self._emptied_at = heard
        return jobs

    async def log_jobs(self, job_status: list[tuple[Job, JOB_STATUS, TracebackRecord | None]]) -> None:
        await super().log_jobs(job_status)
        self._mine -= len(job_status)

    async def retry_job(self, job: Job, delay: timedelta, traceback_record: TracebackRecord | None) -> None:
        await super().retry_job(job, delay, traceback_record)
        self._mine -= 1

    async def eligible_queued_work(self, entrypoints: list[QueueEntrypoint]) -> int:
        return 0 if self._unlimited else await super().eligible_queued_work(entrypoints)

    async def next_deferred_eta(self, entrypoints: list[QueueEntrypoint]) -> timedelta | None:  # noqa: ARG002
        return None

    async def queued_work(self, entrypoints: list[QueueEntrypoint]) -> int:  # noqa: ARG002
        return 0
