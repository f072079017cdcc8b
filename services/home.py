"""What a person sees of their own at a glance, and what they set for themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.entities import Actor, Conversation, Person, UsageToday
from services.errors import BadArgument
from services.limits import LimitsService
from services.people import PeopleService
from services.ports import UnitOfWorkFactory

RECENT = 5
MODEL = "model"


@dataclass(frozen=True, slots=True)
class Overview:
    """`recent` are conversations with their first question, newest first; `model` None is the desk's choice."""

    person: Person
    usage: UsageToday
    models: tuple[str, ...]
    model: str | None
    recent: Sequence[tuple[Conversation, str]]


class HomeService:
    def __init__(
        self, uow: UnitOfWorkFactory, people: PeopleService, limits: LimitsService, models: tuple[str, ...]
    ) -> None:
        self._uow = uow
        self._people = people
        self._limits = limits
        self._models = models

    async def visit(self, actor: Actor, event_id: str, task: str, channel: str) -> None:
        """Queue what a visit of the app's tabs calls for; once per event."""
        async with self._uow() as uow:
            if await uow.chat.know_event(actor.team, event_id, task):
                await uow.enqueue(task, team=actor.team, user=actor.user, channel=channel)
                await uow.commit()

    async def overview(self, actor: Actor) -> Overview:
        person = await self._people.person(actor)
        usage = await self._limits.today(actor)
        async with self._uow() as uow:
            recent = await uow.chat.recent_conversations(actor, RECENT)
        chosen = person.settings.get(MODEL)
        return Overview(person, usage, self._models, chosen if chosen in self._models else None, recent)

    async def choose_model(self, actor: Actor, model: str) -> None:
        """`model` empty: whatever the desk answers with. Raises BadArgument."""
        if model and model not in self._models:
            raise BadArgument(f"`{model[:40]}` is not one of the models here", ", ".join(self._models))
        await self._people.choose(actor, MODEL, model)
