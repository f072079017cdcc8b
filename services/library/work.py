"""An item on its way from received to ready: stage by stage, each stored before the next begins."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import structlog
from uuid_utils.compat import uuid7

from services.entities.library import Content, ContentState, Share, Stage
from services.errors import LostClaim, ObjectMissing, Stopped, StorageUnavailable
from services.library.claiming import Claiming
from services.library.outcome import Outcome, Undecided, outcome_of
from services.library.receiving import SHOW_TASK
from services.library.rights import Rights
from services.library.settings import LibrarySettings
from services.library.showing import Showing
from services.library.storing import Storing
from services.library.summary import Summaries
from services.library.transcription import Transcription
from services.library.understanding import Understanding
from services.ports.cancellation import Cancellation, CancelToken
from services.ports.clock import Checkpoint, Clock
from services.ports.work import UnitOfWorkFactory

log = structlog.get_logger()


class LibraryWork:
    def __init__(
        self,
        uow: UnitOfWorkFactory,
        claiming: Claiming,
        rights: Rights,
        storing: Storing,
        understanding: Understanding,
        transcription: Transcription,
        summaries: Summaries,
        showing: Showing,
        cancellation: Cancellation,
        clock: Clock,
        checkpoint: Checkpoint,
        settings: LibrarySettings,
    ) -> None:
        self._uow = uow
        self._claiming = claiming
        self._rights = rights
        self._storing = storing
        self._understanding = understanding
        self._transcription = transcription
        self._summaries = summaries
        self._showing = showing
        self._cancellation = cancellation
        self._clock = clock
        self._checkpoint = checkpoint
        self._settings = settings
        self._slots = asyncio.Semaphore(settings.at_once)

    async def work(self, content_id: UUID) -> None:
        """Take the item as far as it goes, unless somebody else has it."""
        async with self._slots:
            item = await self._claiming.claimed(content_id)
            if item is None:
                return
            self._checkpoint("library.claimed")
            async with self._cancellation.watch(item.id) as token, self._claiming.held(item):
                await self._to_an_end(item, token)
            self._showing.done(item)

    # -- stage by stage ------------------------------------------------------------------------

    async def _to_an_end(self, item: Content, token: CancelToken) -> None:
        try:
            await self._staged(item, token)
        except StorageUnavailable:
            log.warning("library.storage_away", content=str(item.id))
        except LostClaim:
            log.warning("library.lost", content=str(item.id))
        except Exception as error:
            await self._ended(item, error)

    async def _staged(self, item: Content, token: CancelToken) -> None:
        share = await self._first_share(item)
        if item.stage is Stage.RECEIVED and not await self._rights.takes_from(share):
            await self._keep(replace(item, state=ContentState.DECLINED, reason="guest"))
            return
        with tempfile.TemporaryDirectory(prefix="showrunner-library-") as name:
            folder = Path(name)
            if item.stage is Stage.RECEIVED:
                stored = await self._unless_stopped(token, self._store(item, share, folder))
                if stored is None:
                    return
                item = stored
            if item.stage is Stage.STORED:
                item = await self._read(item, share, folder, token)
        if item.stage is Stage.TRANSCRIBED:
            await self._summarise(item, share, token)

    async def _store(self, item: Content, share: Share, folder: Path) -> Content | None:
        """None where it turned out to be another item."""
        await self._showing.progress(item)
        fetched = await self._storing.fetch(item, share, folder)
        self._checkpoint("library.fetched")
        probe = await self._storing.look(fetched)
        if await self._is_known(item, fetched.sha256):
            return None
        kept = await self._storing.keep(item, fetched, probe, folder)
        self._checkpoint("library.put")
        if not await self._is_first(item, kept):
            return None
        await self._showing.progress(kept)
        return kept

    async def _is_first(self, item: Content, kept: Content) -> bool:
        """False where somebody stored the same bytes a moment ago: what was put in the store goes again."""
        try:
            await self._keep(kept)
        except LostClaim:
            if not await self._is_known(item, kept.sha256 or ""):
                raise
            ours = None if item.object_key else kept.object_key
            await self._storing.remove(replace(kept, object_key=ours))
            return False
        return True

    async def _is_known(self, item: Content, sha256: str) -> bool:
        if item.attempts > 1:
            await self._tidied(item, sha256)
        async with self._uow() as uow:
            known = await uow.library.by_hash(item.team, sha256)
            if known is None or known.id == item.id:
                return False
            await uow.library.link(item, known.id)
            await uow.enqueue(SHOW_TASK, content=str(known.id))
            await uow.commit()
        return True

    async def _tidied(self, item: Content, sha256: str) -> None:
        """An attempt before may have stored the bytes, and only then have found them to be another item's."""
        async with self._uow(atomic=False) as uow:
            known = await uow.library.by_hash(item.team, sha256)
        if known is not None and known.id != item.id:
            await self._storing.remove(replace(item, object_key=None))

    async def _read(self, item: Content, share: Share, folder: Path, token: CancelToken) -> Content:
        if await self._transcription.left_behind(item):
            raise Undecided

        async def arrived() -> bool:
            await self._showing.progress(item, seldom=True)
            return not token.cancelled

        item = await self._understanding.read(item, share, folder, arrived)
        self._refuse_stopped(token)
        return await self._keep(replace(item, stage=Stage.TRANSCRIBED))

    async def _summarise(self, item: Content, share: Share, token: CancelToken) -> None:
        if await self._transcription.left_behind(item):
            raise Undecided
        await self._showing.progress(item)
        async with self._uow(atomic=False) as uow:
            passages = await uow.library.passages(item.id)
        if passages:
            told = await self._summaries.understand(item, share.place.channel, passages)
            item = replace(
                item,
                summary=told.summary,
                topics=told.topics,
                chapters=item.chapters or told.chapters,
                language=item.language or told.language,
            )
        self._refuse_stopped(token)
        await self._keep(replace(item, stage=Stage.READY, state=ContentState.DONE))

    async def _unless_stopped(self, token: CancelToken, work: Awaitable[Content | None]) -> Content | None:
        """Fetching and looking cost nothing: a stop ends them in the middle."""
        working = asyncio.ensure_future(work)
        stopped = asyncio.ensure_future(token.wait())
        try:
            await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise Stopped
            return working.result()
        finally:
            stopped.cancel()
            if not working.done():
                working.cancel()
                await asyncio.wait({working})

    def _refuse_stopped(self, token: CancelToken) -> None:
        if token.cancelled:
            raise Stopped

    # -- how it ends ---------------------------------------------------------------------------

    async def _ended(self, item: Content, error: Exception) -> None:
        """Stored as it is now: what was done stays, and the state says why it is not more."""
        async with self._uow(atomic=False) as uow:
            now = await uow.library.content(item.id) or item
        state, reason, wake_at = self._outcome(now, error)
        log.info("library.ended", content=str(item.id), state=state.value, reason=reason)
        try:
            await self._keep(
                replace(now, attempts=item.attempts, state=state, reason=reason, wake_at=wake_at)
            )
        except LostClaim:
            log.warning("library.lost", content=str(item.id))

    def _outcome(self, item: Content, error: Exception) -> Outcome:
        most = self._settings.max_attempts
        known = outcome_of(error, item.attempts, self._clock.now(), at_most=most)
        if known is not None:
            return known
        incident = str(uuid7())[-8:]
        log.error("library.failed", content=str(item.id), incident=incident, exc_info=error)
        return ContentState.FAILED, f"incident {incident}", None

    async def _keep(self, item: Content) -> Content:
        async with self._uow() as uow:
            await uow.library.keep(item)
            if item.state is not ContentState.OPEN:
                await uow.enqueue(SHOW_TASK, content=str(item.id))
            await uow.commit()
        self._checkpoint(f"library.{item.stage}")
        return item

    async def _first_share(self, item: Content) -> Share:
        async with self._uow(atomic=False) as uow:
            shares = await uow.library.shares(item.id)
        if not shares:
            raise ObjectMissing(str(item.id))
        return shares[0]
