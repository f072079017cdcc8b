"""What a person sees of their own at a glance, and what they set for themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.entities.conversations import Conversation
from services.entities.library import Content
from services.entities.people import Actor, Person
from services.entities.usage import Counted, Scope, ScopeKind
from services.errors import NotAllowed, SlackUnavailable
from services.people import PeopleService
from services.ports.work import UnitOfWorkFactory
from services.settings import MODEL, check_setting
from services.usage import Query, Report, UsageService

RECENT = 5
MONTH_AND_MORE = "31d"  # the longest month, so that one report holds all of this one


@dataclass(frozen=True, slots=True)
class Overview:
    """`recent` are conversations with their first question, newest first; `model` None is the desk's choice."""

    person: Person
    report: Report
    models: tuple[str, ...]
    model: str | None
    recent: Sequence[tuple[Conversation, str]]
    items: Sequence[Content] = ()
    """Added to the library lately, newest first."""

    @property
    def today(self) -> Counted:
        return self.report.days[-1][1]

    @property
    def month(self) -> Counted:
        this = self.report.period.span.last
        days = (
            counted for day, counted in self.report.days if (day.year, day.month) == (this.year, this.month)
        )
        return sum(days, Counted())


class Library(Protocol):
    async def recent(self, actor: Actor, limit: int) -> Sequence[Content]:
        """The newest items that `actor` may see. Raises NotAllowed, SlackUnavailable."""
        ...


class HomeService:
    def __init__(
        self,
        uow: UnitOfWorkFactory,
        people: PeopleService,
        usage: UsageService,
        models: tuple[str, ...],
        library: Library | None = None,
    ) -> None:
        self._library = library
        self._uow = uow
        self._people = people
        self._usage = usage
        self._models = models

    async def visit(self, actor: Actor, event_id: str, task: str, channel: str) -> None:
        """Queue what a visit of the app's tabs calls for; once per event."""
        async with self._uow() as uow:
            if await uow.chat.know_event(actor.team, event_id, task):
                await uow.enqueue(task, team=actor.team, user=actor.user, channel=channel)
                await uow.commit()

    async def overview(self, actor: Actor) -> Overview:
        person = await self._people.person(actor)
        own = Scope(actor.team, ScopeKind.PERSON, actor.user)
        report = await self._usage.report(Query(own, MONTH_AND_MORE))
        async with self._uow(atomic=False) as uow:
            recent = await uow.chat.recent_conversations(actor, RECENT)
        chosen = person.settings.get(MODEL)
        model = chosen if chosen in self._models else None
        return Overview(person, report, self._models, model, recent, await self._items(actor))

    async def _items(self, actor: Actor) -> Sequence[Content]:
        """None where the person may see none, or nobody can say which."""
        if self._library is None:
            return ()
        try:
            return await self._library.recent(actor, RECENT)
        except (NotAllowed, SlackUnavailable):
            return ()

    async def choose(self, actor: Actor, chosen: Mapping[str, str]) -> None:
        """Values by setting; empty: whatever the desk does by itself. Raises BadArgument, nothing being set."""
        for name, value in chosen.items():
            check_setting(name, value, self._models)
        for name, value in chosen.items():
            await self._people.choose(actor, name, value)
