"""People and their settings, as they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from services.entities.people import Actor, Person


class PeopleStore(Protocol):
    async def person(self, actor: Actor, *, fresh_since: datetime) -> Person | None:
        """The stored person if read from Slack after `fresh_since`."""
        ...

    async def save_person(self, person: Person, at: datetime) -> None:
        """Insert or refresh; keeps the stored settings."""
        ...

    async def changed(self, actor: Actor) -> None:
        """What was read of somebody known is no longer fresh."""
        ...

    async def set_setting(self, actor: Actor, name: str, value: str) -> None: ...

    async def settings(self, actor: Actor) -> Mapping[str, str]: ...
