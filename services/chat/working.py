"""The "working" row of the turns that this process works on: shown when an answer takes a while, ended with it."""

from __future__ import annotations

import asyncio
from uuid import UUID

from services.entities.turns import Claim
from services.ports.clock import Clock
from services.ports.presenter import Presenter

SOON = 0.25  # seconds


class Working:
    def __init__(self, presenter: Presenter, clock: Clock) -> None:
        self._show = presenter
        self._clock = clock
        self._rows: dict[UUID, asyncio.Task[None]] = {}
        self._shown: set[UUID] = set()

    def begin(self, claim: Claim) -> None:
        self._rows[claim.turn.id] = asyncio.create_task(self._show_soon(claim))

    def __contains__(self, turn_id: UUID) -> bool:
        return turn_id in self._rows

    def is_being_shown(self, turn_id: UUID) -> bool:
        row = self._rows.get(turn_id)
        return row is not None and not row.done() and turn_id in self._shown

    async def end(self, claim: Claim) -> None:
        """End the row, once it has begun."""
        row = self._rows.get(claim.turn.id)
        if row is not None:
            self._keep_from_showing(claim.turn.id, row)
            await asyncio.wait({row})
        await self._show.idle(claim.conversation.place)

    def forget(self, turn_id: UUID) -> None:
        def gone(_: asyncio.Task[None]) -> None:
            self._rows.pop(turn_id, None)
            self._shown.discard(turn_id)

        if (row := self._rows.get(turn_id)) is not None:
            self._keep_from_showing(turn_id, row)
            row.add_done_callback(gone)

    async def drained(self) -> None:
        await asyncio.gather(*self._rows.values(), return_exceptions=True)

    async def _show_soon(self, claim: Claim) -> None:
        """An answer that is there at once needs no sign that it is coming."""
        await self._clock.sleep(SOON)
        self._shown.add(claim.turn.id)
        await self._show.working(claim)

    def _keep_from_showing(self, turn_id: UUID, row: asyncio.Task[None]) -> None:
        if turn_id not in self._shown:
            row.cancel()
