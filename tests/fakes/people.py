from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from services.entities.people import Actor, Person
from tests.fakes.memory import FakeStore


class FakePeopleStore(FakeStore):
    async def person(self, actor: Actor, *, fresh_since: datetime) -> Person | None:
        key = (actor.team, actor.user)
        found = self._memory.people.get(key)
        if found is None or found[1] < fresh_since:
            return None
        return replace(found[0], settings=dict(self._memory.settings.get(key, {})))

    async def save_person(self, person: Person, at: datetime) -> None:
        key = (person.team, person.user)
        self._put(self._memory.people, key, (person, at))
        if key not in self._memory.settings:
            self._put(self._memory.settings, key, dict(person.settings))

    async def changed(self, actor: Actor) -> None:
        key = (actor.team, actor.user)
        if key in self._memory.people:
            self._put(
                self._memory.people, key, (self._memory.people[key][0], datetime.min.replace(tzinfo=UTC))
            )

    async def set_setting(self, actor: Actor, name: str, value: str) -> None:
        settings = await self.settings(actor)
        self._put(self._memory.settings, (actor.team, actor.user), {**settings, name: value})

    async def settings(self, actor: Actor) -> Mapping[str, str]:
        return dict(self._memory.settings.get((actor.team, actor.user), {}))
