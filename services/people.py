"""People as the workspace knows them, asked of Slack once an hour, or when it says that they changed, and kept
with their settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from services.entities.people import Actor, Person
from services.errors import NotFound, SlackUnavailable
from services.ports.clock import Clock
from services.ports.slack import SlackDirectory
from services.ports.work import UnitOfWorkFactory

FRESH = timedelta(hours=1)
REMEMBERED = 60.0  # seconds in this process
ROOM = 2_000


class PeopleService:
    def __init__(self, uow: UnitOfWorkFactory, directory: SlackDirectory, clock: Clock) -> None:
        self._uow = uow
        self._directory = directory
        self._clock = clock
        self._names: dict[Actor, tuple[float, str]] = {}

    async def person(self, actor: Actor) -> Person:
        """Raises SlackUnavailable, or NotFound where Slack knows nobody of that id."""
        return await self._stored(actor) or await self._asked(actor)

    async def changed(self, actor: Actor) -> None:
        """Slack says that somebody is no longer who they were: deactivated, a guest, an admin, renamed."""
        async with self._uow(atomic=False) as uow:
            await uow.people.changed(actor)

    async def names(self, actors: Iterable[Actor]) -> dict[str, str]:
        """What to call each; people Slack does not tell about are left out."""
        return {actor.user: name for actor in set(actors) if (name := await self._name(actor))}

    async def settings(self, actor: Actor) -> Mapping[str, str]:
        async with self._uow(atomic=False) as uow:
            return await uow.people.settings(actor)

    async def choose(self, actor: Actor, name: str, value: str) -> None:
        await self.person(actor)
        async with self._uow() as uow:
            await uow.people.set_setting(actor, name, value)
            await uow.commit()

    async def _name(self, actor: Actor) -> str | None:
        """Names hardly change, and other processes need not hear of it at once: kept here for a minute."""
        seen = self._names.get(actor)
        if seen and seen[0] > self._clock.monotonic():
            return seen[1]
        try:
            name = (await self.person(actor)).name
        except NotFound:
            name = ""  # other bots, mostly: not asked for again with every answer
        except SlackUnavailable:
            return None
        self._remember(actor, name)
        return name

    async def _stored(self, actor: Actor) -> Person | None:
        async with self._uow(atomic=False) as uow:
            return await uow.people.person(actor, fresh_since=self._clock.now() - FRESH)

    async def _asked(self, actor: Actor) -> Person:
        person = await self._directory.person(actor)
        async with self._uow() as uow:
            await uow.people.save_person(person, self._clock.now())
            await uow.commit()
        return await self._stored(actor) or person

    def _remember(self, actor: Actor, name: str) -> None:
        if len(self._names) >= ROOM:
            self._names.clear()
        self._names[actor] = (self._clock.monotonic() + REMEMBERED, name)
