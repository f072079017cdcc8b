"""The alert services over fakes, as `build()` wires them, and what tests do with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from services.alerts import AlertMails, AlertService
from services.alerts.service import MAIL_TASK, SHOW_TASK
from services.entities.alerts import Grouping, Incident, IncidentView, Level, Reading, Rules
from services.entities.people import Actor
from services.errors import MailUnavailable, SlackUnavailable
from services.pauses import PausesService
from services.people import PeopleService
from services.policy import Policy
from services.ports.alerts import Mail, View
from tests import factories as make
from tests.fakes.clock import FakeClock
from tests.fakes.memory import Memory
from tests.fakes.slack import FakeDirectory
from tests.fakes.uow import fake_unit_of_work, new_memory

GROUP = Grouping(make.TEAM, "cost:person:UBEN")
OWNER, MEMBER = Actor(make.TEAM, make.ANNA), Actor(make.TEAM, make.BEN)
RULES = {"cost": Rules(mail_after=timedelta(0), well_after=timedelta(minutes=1))}


class Refused(SlackUnavailable):
    permanent = True


@dataclass
class FakeIncidents:
    shown: list[IncidentView] = field(default_factory=list)
    error: SlackUnavailable | None = None

    async def show(self, incident: Incident, view: View) -> str:
        if self.error:
            raise self.error
        self.shown.append(await view())
        return "channel"


@dataclass
class FakeMailer:
    sent: list[Mail] = field(default_factory=list)
    errors: list[MailUnavailable] = field(default_factory=list)

    async def send(self, mail: Mail) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append(mail)


class Stand:
    def __init__(
        self, *, mails: bool = True, memory: Memory | None = None, clock: FakeClock | None = None
    ) -> None:
        self.clock = clock or FakeClock()
        self.memory = memory or new_memory(self.clock.now)
        self.uow = fake_unit_of_work(self.memory)
        directory = FakeDirectory({user: make.person(user=user) for user in (make.ANNA, make.BEN)})
        people = PeopleService(self.uow, directory, self.clock)
        policy = Policy([make.ANNA], guests=False)
        self.slack, self.mailer = FakeIncidents(), FakeMailer()
        self.pauses = PausesService(self.uow, people, policy, self.clock)
        self.alerts = AlertService(
            self.uow, self.slack, people, policy, self.clock, lambda _: None, RULES, mails=mails
        )
        self.mails = AlertMails(
            self.uow,
            self.mailer,
            self.alerts.view,
            lambda mail_id, view: Mail(mail_id, view.incident.state, "text", "html"),
            self.clock,
            lambda _: None,
        )

    async def report(self, level: int, **facts: str) -> None:
        facts = {"person": make.BEN, **facts}
        await self.alerts.report(GROUP, [Reading("day", Level(level), "cost.spent", facts)], whole=True)

    async def work(self) -> None:
        """All jobs that are queued."""
        jobs, self.memory.jobs[:] = list(self.memory.jobs), []
        for task, payload in jobs:
            if task == SHOW_TASK:
                await self.alerts.show(UUID(payload["incident"]))
            elif task == MAIL_TASK:
                await self.mails.send(UUID(payload["mail"]))

    @property
    def incident(self) -> Incident:
        [found] = self.memory.incidents.values()
        return found

    @property
    def states(self) -> list[str]:
        return [str(view.incident.state) for view in self.slack.shown]
