"""What the desk costs: watched every few minutes, told on request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import Protocol

from services.alerts import AlertService
from services.calendar import Calendar
from services.costs import signs
from services.entities.alerts import Reading
from services.entities.costs import Burst, ChannelSpend, Costs, DaySpend, Spender
from services.entities.limits import LimitState
from services.entities.people import Actor
from services.errors import NotFound
from services.people import PeopleService
from services.policy import Policy
from services.ports.clock import Clock
from services.ports.work import UnitOfWorkFactory

PREFIX = "cost:"
USUAL_DAYS = 28
MOST_PEOPLE = 300
MOST_CHANNELS = 100
MOST_BURSTS = 20
MOST_STRANGERS = 20
TOP = 5
DOLLAR = 1_000_000  # microdollars
MONEY = "microdollars"
NOTHING = Decimal(0)


class LimitReader(Protocol):
    async def states(self, actor: Actor, channel: str | None) -> Sequence[LimitState]: ...


@dataclass(frozen=True, slots=True)
class CostSettings:
    """US dollars the whole workspace should not cost; told of, never enforced."""

    daily: Decimal | None = None
    monthly: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """All spending of the last weeks as one look at storage gave it."""

    team: str
    today: date
    month: date
    spends: Sequence[DaySpend]
    channels: Sequence[ChannelSpend] = ()
    bursts: Sequence[Burst] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def somebody(self) -> Actor:
        """What is everybody's is asked for as one of them."""
        return Actor(self.team, self.spends[0].user if self.spends else "")

    def by_user(self) -> dict[str, dict[date, Decimal]]:
        found: defaultdict[str, dict[date, Decimal]] = defaultdict(dict)
        for spend in self.spends:
            found[spend.user][spend.day] = spend.cost
        return dict(found)

    def by_day(self) -> dict[date, Decimal]:
        found: defaultdict[date, Decimal] = defaultdict(Decimal)
        for spend in self.spends:
            found[spend.day] += spend.cost
        return dict(found)

    def this_month(self, days: Mapping[date, Decimal]) -> Decimal:
        return sum((cost for day, cost in days.items() if self.month <= day <= self.today), NOTHING)

    def others(self, days: Mapping[date, Decimal]) -> list[Decimal]:
        """Of the days before today that cost anything."""
        oldest = self.today - timedelta(days=USUAL_DAYS)
        return [cost for day, cost in days.items() if oldest <= day < self.today and cost > 0]

    def about(self, user: str) -> dict[str, str]:
        return {"person": user, "name": self.names.get(user) or user}


class CostService:
    def __init__(
        self,
        uow: UnitOfWorkFactory,
        alerts: AlertService,
        limits: LimitReader,
        people: PeopleService,
        policy: Policy,
        clock: Clock,
        calendar: Calendar,
        settings: CostSettings,
    ) -> None:
        self._uow = uow
        self._alerts = alerts
        self._limits = limits
        self._people = people
        self._policy = policy
        self._clock = clock
        self._calendar = calendar
        self._settings = settings

    async def check(self, team: str) -> None:
        """Look at everything, and have told what is worth it."""
        picture = await self._look(team)
        found: dict[str, list[Reading]] = {"cost:workspace": await self._workspace(picture)}
        spending = [user for user, days in picture.by_user().items() if days.get(picture.today)]
        for user in spending[:MOST_PEOPLE]:
            found[f"cost:person:{user}"] = await self._person(picture, user)
        for spend in picture.channels[:MOST_CHANNELS]:
            found[f"cost:channel:{spend.channel}"] = await self._channel(picture, spend)
        for burst in picture.bursts:
            found[f"cost:thread:{burst.key}"] = _runaways(picture, burst)
        bad = {key: readings for key, readings in found.items() if readings}
        await self._alerts.report_all(team, PREFIX, bad)

    async def overview(self, actor: Actor) -> Costs:
        """Raises NotAllowed."""
        self._policy.check(await self._people.person(actor), "costs.see")
        picture = await self._look(actor.team)
        days, dearest = picture.by_day(), _spenders(picture)[:TOP]
        named = await self._asked(actor.team, {one.user for one in dearest} - picture.names.keys())
        limits = [state for state in await self._states(actor, None) if state.kind == "workspace"]
        return Costs(
            today=days.get(picture.today, NOTHING),
            month=picture.this_month(days),
            limits=(*limits, *self._own_limits(picture)),
            spenders=tuple(replace(one, name=named.get(one.user, one.name)) for one in dearest),
            unpriced=sum(spend.unpriced for spend in picture.spends if spend.day >= picture.month),
            zone=self._calendar.zone.key,
        )

    # -- looking -------------------------------------------------------------------------------

    async def _look(self, team: str) -> Picture:
        now = self._clock.now()
        today, month = self._calendar.day(now), self._calendar.month(now)
        async with self._uow(atomic=False) as uow:
            spends = await uow.costs.by_day(team, min(month, today - timedelta(days=USUAL_DAYS)))
            channels = await uow.costs.by_channel(team, today, month)
            bursts = await uow.costs.bursts(team, now - timedelta(hours=1), MOST_BURSTS)
            known = {spend.user for spend in spends} | {burst.user for burst in bursts}
            names = await uow.usage.names(team, known)
        lately = {spend.user for spend in spends if spend.day == today} | {burst.user for burst in bursts}
        names = {**names, **await self._asked(team, lately - names.keys())}
        dearest = sorted(channels, key=lambda spend: (-spend.month, spend.channel))
        return Picture(team, today, month, spends, dearest, bursts, names)

    async def _asked(self, team: str, users: Collection[str]) -> dict[str, str]:
        """Of those whom nobody has asked Slack about yet."""
        strangers = [Actor(team, user) for user in sorted(users)[:MOST_STRANGERS]]
        return {user: name for user, name in (await self._people.names(strangers)).items() if name}

    async def _states(self, actor: Actor, channel: str | None) -> list[LimitState]:
        """Those in money; none for who is not known to Slack any more."""
        try:
            return [state for state in await self._limits.states(actor, channel) if state.unit == MONEY]
        except NotFound:
            return []

    # -- judging -------------------------------------------------------------------------------

    async def _workspace(self, picture: Picture) -> list[Reading]:
        days = picture.by_day()
        dearest = _spenders(picture)
        facts = {"subject": "workspace", **(picture.about(dearest[0].user) if dearest else {})}
        readings = [
            signs.threshold(state.period, _dollars(state.spent), _dollars(state.cap), facts)
            for state in [*await self._shared_states(picture), *self._own_limits(picture)]
        ]
        jump = signs.jump(days.get(picture.today, NOTHING), picture.others(days), signs.TEAM_FLOOR, facts)
        return _worst([*readings, jump])

    async def _person(self, picture: Picture, user: str) -> list[Reading]:
        days = picture.by_user()[user]
        facts = {"subject": "person", **picture.about(user)}
        states = [s for s in await self._states(Actor(picture.team, user), None) if s.kind == "person"]
        readings = [_against(state, facts) for state in states]
        jump = signs.jump(days[picture.today], picture.others(days), signs.PERSON_FLOOR, facts)
        return _worst([*readings, jump])

    async def _channel(self, picture: Picture, spend: ChannelSpend) -> list[Reading]:
        facts = {"subject": "channel", "channel": spend.channel}
        states = await self._states(picture.somebody, spend.channel)
        return _worst(_against(state, facts) for state in states if state.kind == "channel")

    async def _shared_states(self, picture: Picture) -> list[LimitState]:
        return [state for state in await self._states(picture.somebody, None) if state.kind == "workspace"]

    def _own_limits(self, picture: Picture) -> list[LimitState]:
        """Those of the settings, measured by the rollup."""
        days, now = picture.by_day(), self._clock.now()
        spent = {"day": days.get(picture.today, NOTHING), "month": picture.this_month(days)}
        ends = {"day": self._calendar.next_day(now), "month": self._calendar.next_month(now)}
        caps = {"day": self._settings.daily, "month": self._settings.monthly}
        return [
            LimitState("workspace", period, MONEY, _micro(cap), _micro(spent[period]), 0, ends[period])
            for period, cap in caps.items()
            if cap is not None
        ]


def _against(state: LimitState, facts: signs.Facts) -> Reading | None:
    return signs.threshold(state.period, _dollars(state.spent), _dollars(state.cap), facts)


def _runaways(picture: Picture, burst: Burst) -> list[Reading]:
    facts = {"subject": "thread", "channel": burst.channel, **picture.about(burst.user)}
    days = picture.others(picture.by_user().get(burst.user, {}))
    return _worst([signs.runaway(burst, median(days) if days else NOTHING, facts)])


def _worst(readings: Iterable[Reading | None]) -> list[Reading]:
    """Of each check the worst: a limit of the workspace and a setting may both watch the same day."""
    found: dict[str, Reading] = {}
    for reading in readings:
        if reading is not None and reading.level > getattr(found.get(reading.check), "level", 0):
            found[reading.check] = reading
    return list(found.values())


def _spenders(picture: Picture) -> tuple[Spender, ...]:
    people = [
        Spender(
            user, picture.names.get(user) or user, days.get(picture.today, NOTHING), picture.this_month(days)
        )
        for user, days in picture.by_user().items()
    ]
    dearest = sorted(people, key=lambda one: (-one.month, one.user))
    return tuple(one for one in dearest if one.month)


def _dollars(microdollars: int) -> Decimal:
    return Decimal(microdollars) / DOLLAR


def _micro(dollars: Decimal) -> int:
    return int(dollars * DOLLAR)
