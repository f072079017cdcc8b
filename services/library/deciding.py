"""What people decide about items on their way, and about channels."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from services.entities.library import ChannelMode, ContentState, PartState
from services.entities.people import Actor
from services.library.receiving import AGAIN, SHOW_TASK, WORK_TASK, Receiving
from services.library.rights import Rights
from services.library.settings import LibrarySettings
from services.library.transcription import release
from services.ports.cancellation import Cancellation
from services.ports.clock import Clock
from services.ports.work import UnitOfWorkFactory

DECIDABLE = frozenset({ContentState.UNCERTAIN})


class Deciding:
    def __init__(
        self,
        uow: UnitOfWorkFactory,
        rights: Rights,
        cancellation: Cancellation,
        clock: Clock,
        settings: LibrarySettings,
    ) -> None:
        self._uow = uow
        self._rights = rights
        self._cancellation = cancellation
        self._clock = clock
        self._receiving = Receiving(clock, settings)

    async def accept(self, actor: Actor, content_id: UUID) -> bool:
        return await self._open(actor, content_id, {ContentState.ASKED})

    async def decline(self, actor: Actor, content_id: UUID) -> bool:
        await self._rights.item(actor, content_id)
        async with self._uow() as uow:
            turned = await uow.library.turn(content_id, ContentState.DECLINED, of={ContentState.ASKED})
            await uow.commit()
        return turned

    async def go_on(self, actor: Actor, content_id: UUID) -> bool:
        """What waits, failed or was stopped is taken up again where it ended."""
        return await self._open(actor, content_id, AGAIN)

    async def stop(self, actor: Actor, content_id: UUID) -> None:
        await self._rights.item(actor, content_id)
        async with self._uow() as uow:
            await uow.library.request_stop(content_id, self._clock.now())
            await uow.enqueue(SHOW_TASK, content=str(content_id))
            await uow.commit()
        await self._cancellation.cancel(content_id)

    async def decide(self, actor: Actor, content_id: UUID, *, again: bool) -> bool:
        """What is to become of the calls whose answers were lost: made again, or left out."""
        await self._rights.item(actor, content_id)
        async with self._uow() as uow:
            if not await uow.library.turn(content_id, ContentState.OPEN, of=DECIDABLE):
                return False
            to = PartState.OPEN if again else PartState.SKIPPED
            await release(uow, content_id, await uow.library.turn_parts(content_id, PartState.UNCERTAIN, to))
            await uow.enqueue(WORK_TASK, content=str(content_id))
            await uow.commit()
        return True

    async def mode(self, team: str, channel: str) -> ChannelMode:
        async with self._uow(atomic=False) as uow:
            return await self._receiving.mode(uow, team, channel)

    async def set_mode(self, actor: Actor, channel: str, mode: ChannelMode) -> None:
        """By anyone in the channel. Raises NotFound for others."""
        await self._rights.member(actor, channel)
        async with self._uow() as uow:
            await uow.library.set_mode(actor, channel, mode)
            await uow.commit()

    async def _open(self, actor: Actor, content_id: UUID, of: Iterable[ContentState]) -> bool:
        await self._rights.item(actor, content_id)
        async with self._uow() as uow:
            opened = await uow.library.turn(content_id, ContentState.OPEN, of=frozenset(of))
            if opened:
                await uow.enqueue(WORK_TASK, content=str(content_id))
            await uow.commit()
        return opened
