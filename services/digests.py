"""Digests of use: a day's, a week's, each shown once."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import NAMESPACE_URL, UUID, uuid5

from services.entities.usage import Scope, ScopeKind
from services.ports.clock import Checkpoint, Clock
from services.ports.digests import DigestPresenter
from services.ports.work import UnitOfWorkFactory
from services.usage import Query, UsageService

PERIODS: Mapping[str, str] = {"daily": "yesterday", "weekly": "week"}


class DigestService:
    def __init__(
        self,
        uow: UnitOfWorkFactory,
        usage: UsageService,
        presenter: DigestPresenter,
        clock: Clock,
        checkpoint: Checkpoint,
    ) -> None:
        self._uow = uow
        self._usage = usage
        self._presenter = presenter
        self._clock = clock
        self._checkpoint = checkpoint

    async def show(self, team: str, kind: str) -> None:
        """The last whole day or week, unless it was shown; `kind` is "daily" or "weekly"."""
        report = await self._usage.report(Query(Scope(team, ScopeKind.TEAM), PERIODS[kind]))
        period = report.period.span.first
        async with self._uow(atomic=False) as uow:
            if not await uow.digests.plan(team, kind, period, self._clock.now()):
                return
        await self._presenter.show(digest_id(team, kind, period.isoformat()), kind, report)
        self._checkpoint("digest.shown")
        async with self._uow(atomic=False) as uow:
            await uow.digests.set_shown(team, kind, period, self._clock.now())


def digest_id(team: str, kind: str, period: str) -> UUID:
    """The same in every process and after every restart."""
    return uuid5(NAMESPACE_URL, f"digest:{team}:{kind}:{period}")
