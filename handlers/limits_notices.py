"""What limits have to tell people by themselves: in their conversation with us, each thing once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog

from handlers.blocks import limits as blocks
from handlers.sender.bulletins import Bulletins, Content, Render
from handlers.sender.gate import SlackRefused
from services.entities.limits import LimitRequest, LimitState, NearlyFull
from services.entities.people import Actor
from services.limits.more import steps
from services.ports.limits import Look

log = structlog.get_logger()


class LimitMessages:
    """The LimitNotices port. Who cannot be written to is left out: others may decide, and Home tells the rest."""

    def __init__(self, bulletins: Bulletins) -> None:
        self._bulletins = bulletins

    async def requested(self, to: Sequence[Actor], request: UUID, look: Look) -> None:
        async def render() -> Content:
            wish, state = await look()
            return blocks.wish(wish, state, steps(state.cap, wish.unit) if state else ())

        for actor in to:
            await self._direct(uuid5(request, actor.user), actor, render)

    async def decided(self, request: LimitRequest, state: LimitState | None) -> None:
        async def render() -> Content:
            return blocks.answer(request, state)

        await self._direct(uuid5(request.id, "asker"), request.actor, render)

    async def nearly_full(self, of: NearlyFull, state: LimitState) -> None:
        async def render() -> Content:
            return blocks.nearly_full(of, state)

        name = f"limits {of.scope} {of.starts} {of.unit}"
        await self._direct(uuid5(NAMESPACE_URL, name), of.actor, render)

    async def _direct(self, bulletin: UUID, actor: Actor, render: Render) -> None:
        try:
            await self._bulletins.keep(bulletin, actor, render)
        except SlackRefused as error:
            log.warning("limits.untold", user=actor.user, code=error.code)
