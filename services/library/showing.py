"""What is seen of an item where it was shared, while it is worked on and when it is ready."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import structlog

from services.entities.library import Content, ContentState, PartState, Share
from services.errors import SlackUnavailable
from services.library.posters import Posters
from services.library.receiving import SHOW_TASK
from services.library.rights import Rights
from services.ports.clock import Clock
from services.ports.showing import LibraryPresenter, Progress
from services.ports.work import UnitOfWorkFactory

log = structlog.get_logger()

BETWEEN = 3.0  # seconds between two looks of a progress message
SHOWN = frozenset(ContentState) - {ContentState.ASKED, ContentState.DECLINED, ContentState.MERGED}


class Showing:
    def __init__(
        self,
        uow: UnitOfWorkFactory,
        rights: Rights,
        presenter: LibraryPresenter,
        posters: Posters,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._rights = rights
        self._show = presenter
        self._posters = posters
        self._clock = clock
        self._shown: dict[UUID, float] = {}

    def done(self, item: Content) -> None:
        self._shown.pop(item.id, None)

    async def show(self, content_id: UUID) -> None:
        """The item as it is now, wherever it was shared. Raises SlackUnavailable."""
        progress, shares = await self._now(content_id)
        if progress is None or progress.content.state not in SHOWN:
            return
        progress = replace(progress, content=await self._posters.shown(progress.content, shares))
        for share in shares:
            await self._shown_at(share, progress)

    async def show_soon(self, content_id: UUID) -> None:
        """After a change by hand, by whoever has time."""
        async with self._uow() as uow:
            await uow.enqueue(SHOW_TASK, content=str(content_id))
            await uow.commit()

    async def _shown_at(self, share: Share, progress: Progress) -> None:
        """A place that is closed to us by now keeps nobody else from seeing it."""
        if progress.content.state is ContentState.DONE and share.audience == share.place.channel:
            async with self._uow(atomic=False) as uow:
                progress = replace(progress, first=await uow.library.first_in(share))
        try:
            await self._show.progress(share, progress)
        except SlackUnavailable as error:
            if not error.permanent:
                raise
            log.warning("library.untold", method=error.method, code=error.code)

    async def ask(self, content_id: UUID) -> None:
        """Where a channel asks first."""
        progress, shares = await self._now(content_id)
        if progress is None or progress.content.state is not ContentState.ASKED or not shares:
            return
        if await self._rights.takes_from(shares[0]):
            await self._show.whisper(shares[0], progress.content)

    async def progress(self, item: Content, *, seldom: bool = False) -> None:
        """What Slack does not take now is seen with the next piece, or with the end, which is a job."""
        last = self._shown.get(item.id)
        if seldom and last is not None and self._clock.monotonic() - last < BETWEEN:
            return
        self._shown[item.id] = self._clock.monotonic()
        try:
            await self.show(item.id)
        except SlackUnavailable as error:
            log.warning("library.not_shown", method=error.method, code=error.code)

    async def _now(self, content_id: UUID) -> tuple[Progress | None, list[Share]]:
        async with self._uow(atomic=False) as uow:
            content = await uow.library.content(content_id)
            if content is None:
                return None, []
            parts = [part for part in await uow.library.parts(content_id) if part.number >= 0]
            shares = list(await uow.library.shares(content_id))
            cost = await uow.library.cost(content_id)
            ready = content.state is ContentState.DONE
            passages = await uow.library.count_passages(content_id) if ready else 0
        sounding = [part for part in parts if part.state is not PartState.SKIPPED]
        done = sum(part.state is PartState.DONE for part in sounding)
        left = sum(part.state is PartState.UNCERTAIN for part in parts)
        return Progress(content, done, len(sounding), left, cost, passages), shares
