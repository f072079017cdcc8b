"""People as the workspace knows them, asked of Slack once an hour and kept with their settings."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta

from services.entities import Actor, Person
from services.errors import ShowrunnerError
from services.ports import Clock, SlackDirectory, UnitOfWorkFactory

FRESH = timedelta(hours=1)
REMEMBERED = 60.0  # seconds in this process
ROOM = 2_000


class PeopleService:
    def __init__(self, uow: UnitOfWorkFactory, directory: SlackDirectory, clock: Clock) -> None:
        self._uow = uow
        self._directory = directory
        self._clock = clock
        self._seen: dict[Actor, tuple[float, Person]] = {}

    async def person(self, actor: Actor) -> Person:
        """Raises SlackUnavailable, or NotFound where Slack knows nobody of that id."""
        seen = self._seen.get(actor)
        if seen and seen[0] > self._clock.monotonic():
            return seen[1]
        person = await self._stored(actor) or await self._asked(actor)
        self._remember(person)
        return person

    async def names(self, actors: Iterable[Actor]) -> dict[str, str]:
        """What to call each; people Slack does not tell about are left out."""
        found = await asyncio.gather(*map(self.person, set(actors)), return_exceptions=True)
        for problem in found:
            if isinstance(problem, BaseException) and not isinstance(problem, ShowrunnerError):
                raise problem
        return {person.user: person.name for person in found if isinstance(person, Person)}

    async def settings(self, actor: Actor) -> Mapping[str, str]:
        async with self._uow() as uow:
            return await uow.people.settings(actor)

    async def choose(self, actor: Actor, name: str, value: str) -> None:
        await self.person(actor)
        async with self._uow() as uow:
            await uow.people.set_setting(actor, name, value)
            await uow.commit()
        self._seen.pop(actor, None)

    async def _stored(self, actor: Actor) -> Person | None:
        async with self._uow() as uow:
            return await uow.people.person(actor, fresh_since=self._clock.now() - FRESH)

    async def _asked(self, actor: Actor) -> Person:
        person = await self._directory.person(actor)
        async with self._uow() as uow:
            await uow.people.save_person(person, self._clock.now())
            await uow.commit()
        return await self._stored(actor) or person

    def _remember(self, person: Person) -> None:
        if len(self._seen) >= ROOM:
            self._seen.clear()
        self._seen[person.actor] = (self._clock.monotonic() + REMEMBERED, person)
