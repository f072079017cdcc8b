"""A usage service over fakes, and calls put into its log."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from services.calendar import Calendar
from services.entities.calls import CallOutcome, ModelCall, Usage
from services.entities.people import Actor
from services.entities.usage import Scope, ScopeKind
from services.limits import LimitsService
from services.people import PeopleService
from services.policy import Policy
from services.usage import Query, UsageService
from tests import factories as make
from tests.factories import ANNA, BEN, NOON, TEAM, day
from tests.fakes.clock import FakeClock
from tests.fakes.slack import FakeDirectory
from tests.fakes.uow import fake_unit_of_work, new_memory

OWNER, ADMIN = "UOWNER", "UADMIN"
EVERYBODY, HERS = Scope(TEAM, ScopeKind.TEAM), Scope(TEAM, ScopeKind.PERSON, ANNA)


def used(back: int = 0, user: str = ANNA, **given: Any) -> ModelCall:
    """A call of so many days ago, over: 100 tokens in, 50 of them from a cache, 10 out, for a tenth of a cent."""
    plain = make.call(
        actor=Actor(TEAM, user),
        started_at=NOON - timedelta(days=back),
        day=day(-back),
        outcome=CallOutcome.ANSWERED,
    )
    spent = {"usage": Usage(100, 50, 20, 10), "cost": Decimal("0.001"), "saved": Decimal("0.0002")}
    return replace(plain, **(spent | given))


def team(period: str = "7d") -> Query:
    return Query(EVERYBODY, period)


class Stand:
    def __init__(self, zone: str = "UTC") -> None:
        self.clock = FakeClock()
        self.memory = new_memory(self.clock.now)
        self.uow = fake_unit_of_work(self.memory)
        calendar = Calendar(ZoneInfo(zone))
        slack = FakeDirectory(
            {
                ANNA: make.person(),
                BEN: make.person(user=BEN, name="Ben"),
                OWNER: make.person(user=OWNER, name="Ola"),
                ADMIN: make.person(user=ADMIN, name="Ada", is_admin=True),
                "UGUEST": make.guest(user="UGUEST"),
            }
        )
        self.people = PeopleService(self.uow, slack, self.clock)
        policy = Policy([OWNER], guests=False)
        limits = LimitsService(self.uow, self.clock, calendar, self.people, policy, 500_000)
        self.usage = UsageService(self.uow, self.people, policy, limits, self.clock, calendar)

    async def log(self, *calls: ModelCall) -> None:
        async with self.uow() as uow:
            for call in calls:
                await uow.calls.begin(replace(call, outcome=CallOutcome.STARTED))
                await uow.calls.finish(call)
            await uow.commit()
