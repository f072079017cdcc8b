"""What keeps the desk honest in the background: leases, overdue turns, reservations nobody used, answers too old."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta

import structlog

from handlers.routes import Route, Task
from jobs.schedule import Entry, every
from services.chat import ChatService, KeptAnswers
from services.errors import StorageUnavailable
from services.limits import LimitsService

log = structlog.get_logger()

SWEEP = "sweep"
PRUNE = "answers.prune"
PRUNE_EVERY = timedelta(hours=1)
SWEEP_EVERY = timedelta(seconds=5)
PATIENCE = timedelta(seconds=5)
RESERVED_AT_MOST = timedelta(minutes=15)


class Upkeep:
    def __init__(self, chat: ChatService, limits: LimitsService, kept: KeptAnswers, heartbeat: float) -> None:
        self._chat = chat
        self._limits = limits
        self._kept = kept
        self._heartbeat = heartbeat

    def routes(self) -> Iterable[Route]:
        yield Task(SWEEP, self.sweep)
        yield Task(PRUNE, self.prune)

    def entries(self) -> list[Entry]:
        return [
            Entry(SWEEP, every(SWEEP_EVERY), SWEEP, max_age=timedelta(minutes=1)),
            Entry(PRUNE, every(PRUNE_EVERY), PRUNE, max_age=PRUNE_EVERY),
        ]

    async def sweep(self) -> None:
        woken = await self._chat.wake_overdue(PATIENCE)
        if woken:
            log.info("sweep.woken", count=woken)
        await self._limits.sweep(RESERVED_AT_MOST)

    async def prune(self) -> None:
        log.info("answers.pruned", count=await self._kept.prune())

    async def keep_leases(self) -> None:
        """For as long as this process works on turns; whatever fails once is tried again at the next beat."""
        while True:
            await asyncio.sleep(self._heartbeat)
            try:
                await self._chat.keep_leases()
            except StorageUnavailable:
                log.warning("leases.not_kept")
            except Exception:
                log.exception("leases.failed")
