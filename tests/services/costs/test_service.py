"""The desk looks at its money; over fakes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from uuid_utils.compat import uuid7

from services.calendar import Calendar
from services.costs import CostService, CostSettings
from services.entities.alerts import Incident, IncidentState
from services.entities.calls import CallOutcome, Usage
from services.entities.limits import LimitState
from services.entities.people import Actor
from services.errors import NotAllowed
from services.people import PeopleService
from services.policy import Policy
from tests import factories as make
from tests.fakes.slack import FakeDirectory
from tests.services.alerts.stand import MEMBER, OWNER, Stand

DAY = timedelta(days=1)


@dataclass
class FakeLimits:
    found: list[LimitState] = field(default_factory=list)

    async def states(self, actor: Actor, channel: str | None) -> Sequence[LimitState]:
        return [state for state in self.found if state.kind != "channel" or channel]


class Desk(Stand):
    def __init__(self, daily: str | None = None, monthly: str | None = None, zone: str = "UTC") -> None:
        super().__init__()
        self.limits, self.calendar = FakeLimits(), Calendar(ZoneInfo(zone))
        directory = FakeDirectory(
            {user: make.person(user=user, name=user.title()) for user in ("UANNA", "UBEN")}
        )
        self.costs = CostService(
            self.uow,
            self.alerts,
            self.limits,
            PeopleService(self.uow, directory, self.clock),
            Policy([make.ANNA], guests=False),
            self.clock,
            self.calendar,
            CostSettings((daily and Decimal(daily)) or None, (monthly and Decimal(monthly)) or None),
        )

    async def spend(self, cost: str | None, who: str = make.BEN, days_ago: int = 0, calls: int = 1) -> None:
        at = self.clock.now() - DAY * days_ago
        for _ in range(calls):
            begun = make.call(
                id=uuid7(), actor=Actor(make.TEAM, who), started_at=at, day=self.calendar.day(at)
            )
            done = replace(begun, outcome=CallOutcome.ANSWERED, usage=Usage(10, 0, 0, 10))
            done = replace(done, cost=None if cost is None else Decimal(cost))
            async with self.uow() as uow:
                await uow.calls.begin(begun)
                await uow.calls.finish(done)
                await uow.commit()

    async def look(self) -> dict[str, Incident]:
        await self.costs.check(make.TEAM)
        await self.work()
        return {one.key: one for one in self.memory.incidents.values()}


def limit(kind: str, spent: int, cap: int, unit: str = "microdollars") -> LimitState:
    return LimitState(kind, "day", unit, cap, spent, 0, make.NOON)


async def test_without_limits_or_a_usual_nothing_is_told() -> None:
    desk = Desk()
    await desk.spend("4")
    assert await desk.look() == {}


async def test_one_message_climbs_from_threshold_to_threshold() -> None:
    desk = Desk(daily="4")
    for cost in ("2", "1.2", "0.8"):
        await desk.spend(cost)
        await desk.look()
    assert [int(view.incident.level) for view in desk.slack.shown] == [1, 2, 3]
    assert {view.incident.id for view in desk.slack.shown} == {desk.incident.id}


async def test_day_and_month_are_one_incident_of_the_workspace() -> None:
    desk = Desk(daily="4", monthly="10")
    await desk.spend("3", days_ago=1)
    await desk.spend("4")
    found = (await desk.look())["cost:workspace"]
    assert {(one.check, one.facts["percent"]) for one in found.readings} == {("day", "100"), ("month", "70")}


async def test_who_spent_most_can_be_paused_from_it() -> None:
    desk = Desk(daily="4")
    await desk.spend("1", make.ANNA)
    await desk.spend("3", make.BEN)
    facts = (await desk.look())["cost:workspace"].readings[0].facts
    assert (facts["person"], facts["name"]) == (make.BEN, "Uben")


async def test_a_new_day_ends_it() -> None:
    desk = Desk(daily="4")
    await desk.spend("4")
    await desk.look()
    desk.clock.tick(13 * 3600)
    await desk.look()
    desk.clock.tick(60)
    await desk.alerts.sweep()
    assert desk.incident.state is IncidentState.RESOLVED


async def test_days_are_the_desks_own() -> None:
    desk = Desk(daily="4", zone="Pacific/Auckland")
    await desk.spend("4")
    desk.clock.tick(13 * 3600)
    assert (await desk.look())["cost:workspace"].state is IncidentState.FIRING


@pytest.mark.parametrize(
    ("kind", "key"),
    [("person", "cost:person:UBEN"), ("channel", "cost:channel:C1"), ("workspace", "cost:workspace")],
)
async def test_limits_in_money_are_watched(kind: str, key: str) -> None:
    desk = Desk()
    desk.limits.found = [limit(kind, 900_000, 1_000_000), limit(kind, 99, 100, "tokens")]
    await desk.spend("0.9")
    found = await desk.look()
    assert list(found) == [key]
    assert found[key].readings[0].facts["percent"] == "90"


async def test_a_person_who_jumps_is_told_and_so_is_the_team() -> None:
    desk = Desk()
    for days_ago in range(1, 10):
        await desk.spend("1", days_ago=days_ago)
    await desk.spend("30", calls=1)
    found = await desk.look()
    assert {"cost:person:UBEN", "cost:workspace"} <= set(found)
    assert found["cost:person:UBEN"].readings[0].check == "jump"


async def test_calls_without_end_are_told() -> None:
    desk = Desk()
    await desk.spend("0.001", calls=120)
    [found] = (await desk.look()).values()
    assert found.readings[0].facts["calls"] == "120"


async def test_the_overview_tells_today_the_month_and_who_it_was_for() -> None:
    desk = Desk(daily="10")
    await desk.spend("3", make.BEN)
    await desk.spend("1", make.ANNA)
    await desk.spend("2", make.ANNA, days_ago=1)
    await desk.spend(None, make.ANNA)
    seen = await desk.costs.overview(OWNER)
    assert (seen.today, seen.month, seen.unpriced) == (Decimal(4), Decimal(6), 1)
    assert [(one.user, one.month) for one in seen.spenders] == [("UANNA", Decimal(3)), ("UBEN", Decimal(3))]
    [state] = seen.limits
    assert (state.spent, state.cap) == (4_000_000, 10_000_000)
    with pytest.raises(NotAllowed):
        await desk.costs.overview(MEMBER)


async def test_an_overview_of_nothing_is_empty() -> None:
    seen = await Desk().costs.overview(OWNER)
    assert (seen.today, seen.month, seen.limits, seen.spenders) == (0, 0, (), ())
