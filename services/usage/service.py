"""Who used what: reports over the daily rollup, for whoever may see them."""

from __future__ import annotations

from services.calendar import Calendar
from services.entities.limits import LimitState
from services.entities.people import Actor
from services.entities.usage import Dimension, Scope, ScopeKind, Tallies
from services.errors import NotAllowed
from services.limits import LimitsService
from services.people import PeopleService
from services.policy import Policy
from services.ports.clock import Clock
from services.ports.work import UnitOfWorkFactory
from services.usage.forecast import forecast, looked_at
from services.usage.periods import period_of
from services.usage.report import Query, Report, days_of, rows_of, total_of, trend_of, used_days

KINDS_OF_LIMITS = {
    ScopeKind.PERSON: frozenset({"person", "workspace"}),
    ScopeKind.CHANNEL: frozenset({"channel"}),
    ScopeKind.TEAM: frozenset({"workspace"}),
}


class UsageService:
    def __init__(
        self,
        uow: UnitOfWorkFactory,
        people: PeopleService,
        policy: Policy,
        limits: LimitsService,
        clock: Clock,
        calendar: Calendar,
    ) -> None:
        self._uow = uow
        self._people = people
        self._policy = policy
        self._limits = limits
        self._clock = clock
        self._calendar = calendar

    async def asked(self, actor: Actor, query: Query) -> Report:
        """The report, for somebody who may see it. Raises NotAllowed, BadArgument or NotFound."""
        person = await self._people.person(actor)
        self._policy.check(person, "usage.own")
        own = query.scope == Scope(actor.team, ScopeKind.PERSON, actor.user)
        if query.scope.team != actor.team or not (own or self._policy.allows(person, "usage.team")):
            raise NotAllowed("others_usage")
        return await self.report(query)

    async def report(self, query: Query) -> Report:
        """For the desk itself; `asked` for people. Raises BadArgument, and NotFound for a stranger."""
        now = self._clock.now()
        today = self._calendar.day(now)
        period = period_of(query.period, today)
        subject = await self._subject(query.scope)
        async with self._uow(atomic=False) as uow:
            tallies = await uow.usage.tallies(query.scope, period.span, period.before)
            days = used_days(tallies, period.span, looked_at(today))
            if days is None:
                days = await uow.usage.daily(query.scope, looked_at(today))
            names = await uow.usage.names(query.scope.team, _people(tallies))
        return Report(
            query=query,
            period=period,
            subject=subject,
            total=total_of(tallies),
            before=tallies.before,
            people=len(_people(tallies)),
            people_before=tallies.people_before,
            days=days_of(tallies, period.span),
            trend=trend_of(tallies, period.span),
            tops={dimension: rows_of(tallies, dimension, names) for dimension in Dimension},
            forecast=forecast(days, today),
            limits=await self._states(query.scope),
            zone=self._calendar.zone.key,
            made_at=now,
        )

    async def _subject(self, scope: Scope) -> str:
        if scope.kind is ScopeKind.PERSON:
            return (await self._people.person(Actor(scope.team, scope.id))).name
        return scope.id

    async def _states(self, scope: Scope) -> tuple[LimitState, ...]:
        """The limits that are the scope's own, and for a person those that they share with everybody."""
        user = scope.id if scope.kind is ScopeKind.PERSON else ""
        channel = scope.id if scope.kind is ScopeKind.CHANNEL else None
        states = await self._limits.states(Actor(scope.team, user), channel)
        return tuple(state for state in states if state.kind in KINDS_OF_LIMITS[scope.kind])


def _people(tallies: Tallies) -> list[str]:
    return [one.key for one in tallies.now if one.dimension is Dimension.PERSON and one.day is None]
