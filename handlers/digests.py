"""Digests, shown by the clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from handlers.blocks import digests as blocks
from handlers.blocks.kit import Block
from handlers.routes import Route, Task
from handlers.sender.bulletins import Bulletins
from handlers.sender.charts import Charts
from handlers.usage import Asked, page_of
from services.digests import DigestService
from services.entities.conversations import Place
from services.usage import Report

SHOW_TASK = "digests.show"


class SlackDigests:
    """The port of digests: each one message, with a picture where Slack refuses its chart."""

    def __init__(self, bulletins: Bulletins, charts: Charts, channel: str) -> None:
        self._bulletins = bulletins
        self._charts = charts
        self._channel = channel

    async def show(self, digest_id: UUID, kind: str, report: Report) -> None:
        team = report.query.scope.team
        page = page_of(report, Asked(report.query))
        page = replace(
            page, text=f"{blocks.title(kind, report)}. {page.text}", blocks=blocks.digest(kind, report)
        )

        async def post(shown: list[Block]) -> None:
            await self._bulletins.show(digest_id, Place(team, self._channel), page.text, shown)

        await self._charts.show(team, page.blocks, page.draw, post)


class DigestHandlers:
    def __init__(self, digests: DigestService) -> None:
        self._digests = digests

    def routes(self) -> Iterable[Route]:
        yield Task(SHOW_TASK, self.show)

    async def show(self, team: str, kind: str) -> None:
        await self._digests.show(team, kind)
