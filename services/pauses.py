"""No AI for a person, or in a channel, for a while: said by who runs the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from services.entities.alerts import Pause
from services.entities.people import Actor
from services.errors import AiPaused
from services.limits.rules import EASED_TASK
from services.people import PeopleService
from services.policy import Policy
from services.ports.clock import Clock
from services.ports.work import UnitOfWorkFactory

PAUSE = timedelta(hours=24)
REMEMBERED = 2.0
"""Seconds that this process may not know what another one was told: asked for with every question."""


class PausesService:
    def __init__(self, uow: UnitOfWorkFactory, people: PeopleService, policy: Policy, clock: Clock) -> None:
        self._uow = uow
        self._people = people
        self._policy = policy
        self._clock = clock
        self._known: dict[str, tuple[float, Sequence[Pause]]] = {}

    async def check(self, actor: Actor, channel: str) -> None:
        """Raises AiPaused."""
        asked = {("person", actor.user), ("channel", channel)}
        now = self._clock.now()
        for pause in await self._active(actor.team):
            if (pause.kind, pause.subject) in asked and pause.holds(now):
                raise AiPaused(pause.kind, pause.subject, pause.by, pause.until)

    async def pause(self, actor: Actor, kind: str, subject: str, lasting: timedelta | None = PAUSE) -> Pause:
        """For `lasting`; None: until it is resumed. Raises NotAllowed."""
        await self._allow(actor)
        now = self._clock.now()
        paused = Pause(actor.team, kind, subject, actor.user, now, now + lasting if lasting else None)
        async with self._uow(atomic=False) as uow:
            await uow.pauses.pause(paused)
        self._known.pop(actor.team, None)
        return paused

    async def resume(self, actor: Actor, kind: str, subject: str) -> bool:
        """Whether there was a pause. Raises NotAllowed."""
        await self._allow(actor)
        async with self._uow() as uow:
            found = await uow.pauses.resume(actor.team, kind, subject)
            await uow.enqueue(EASED_TASK, team=actor.team)
            await uow.commit()
        self._known.pop(actor.team, None)
        return found

    async def active(self, team: str) -> Sequence[Pause]:
        async with self._uow(atomic=False) as uow:
            return await uow.pauses.active(team, self._clock.now())

    async def _active(self, team: str) -> Sequence[Pause]:
        seen = self._known.get(team)
        if seen is None or seen[0] <= self._clock.monotonic():
            seen = (self._clock.monotonic() + REMEMBERED, await self.active(team))
            self._known[team] = seen
        return seen[1]

    async def _allow(self, actor: Actor) -> None:
        self._policy.check(await self._people.person(actor), "ai.pause")
