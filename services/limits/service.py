"""Whether a request fits under every limit that applies, and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from services.calendar import Calendar
from services.entities.budgets import BudgetLine
from services.entities.limits import Amount, Asking, Limit, LimitState, Scope
from services.entities.people import Actor, Role
from services.errors import LimitsChanged, NotEnoughBudget, NotFound, SlackUnavailable
from services.limits.amounts import MICRODOLLARS, TOKENS
from services.limits.gathering import Gathering
from services.limits.rules import Rule, applying
from services.people import PeopleService
from services.policy import Policy
from services.ports.calls import Reservation
from services.ports.clock import Clock
from services.ports.work import UnitOfWorkFactory

NO_LIMIT = 2**62
TRIES = 10
"""Times in a row that somebody may set a limit while one reservation is made."""


@dataclass(frozen=True, slots=True)
class Wanted:
    id: UUID
    actor: Actor
    amount: Amount
    channel: str
    question: bool


class LimitsService:
    """`daily_tokens`: of a person without a limit of their own; `per_minute`: questions of one, 0 for any number."""

    def __init__(
        self,
        uow: UnitOfWorkFactory,
        clock: Clock,
        calendar: Calendar,
        people: PeopleService,
        policy: Policy,
        daily_tokens: int,
        per_minute: int = 0,
    ) -> None:
        self._uow = uow
        self._clock = clock
        self._calendar = calendar
        self._people = people
        self._policy = policy
        self._daily = daily_tokens
        self._per_minute = per_minute
        self._known: dict[str, tuple[int, Sequence[Limit]]] = {}
        self._gathering = Gathering(self._reserve, self._reserve_all)

    async def reserve(
        self, reservation_id: UUID, actor: Actor, amount: Amount, *, channel: str, question: bool = False
    ) -> None:
        """Hold `amount` on every limit that applies, or on none; a `question` is counted in its minute, too.

        Raises NotEnoughBudget, TooManyRequests.
        """
        wanted = Wanted(reservation_id, actor, amount, channel, question)
        await self._gathering.do((actor, channel, question), wanted)

    async def _reserve(self, wanted: Wanted) -> None:
        for _ in range(TRIES):
            rules, asking = await self._rules(wanted.actor, wanted.channel, question=wanted.question)
            reservation, lines = self._reservation(wanted, rules)
            try:
                async with self._uow(atomic=False) as uow:
                    refused = await uow.calls.reserve(reservation, lines, asking)
            except LimitsChanged:
                self._known.pop(wanted.actor.team, None)
                continue
            if refused:
                raise await self._refusal(wanted.actor, wanted.channel, refused)
            return
        raise LimitsChanged

    async def _reserve_all(self, several: Sequence[Wanted]) -> Sequence[Wanted]:
        """Those that are not held: where all do not fit together, each has to be tried."""
        first = several[0]
        rules, asking = await self._rules(first.actor, first.channel, question=first.question)
        try:
            async with self._uow(atomic=False) as uow:
                held = await uow.calls.reserve_all([self._reservation(one, rules) for one in several], asking)
        except LimitsChanged:
            return several
        return [one for one in several if one.id not in held]

    def _reservation(self, wanted: Wanted, rules: Sequence[Rule]) -> Reservation:
        return wanted.id, [self._line(rule, wanted.amount.of(rule.unit)) for rule in rules]

    async def states(self, actor: Actor, channel: str | None) -> Sequence[LimitState]:
        """Every limit that applies to what they ask there; without a channel, wherever they ask."""
        async with self._uow(atomic=False) as uow:
            self._known[actor.team] = await uow.limits.of_team(actor.team)
        rules, _ = await self._rules(actor, channel)
        lines = [self._line(rule, 0) for rule in rules]
        async with self._uow(atomic=False) as uow:
            counted = await uow.limits.counted(lines)
        return [
            LimitState(
                kind=rule.kind,
                period=rule.scope.period,
                unit=rule.unit,
                cap=rule.cap + state.bonus,
                spent=state.spent,
                reserved=state.reserved,
                resets_at=self._resets_at(rule.scope),
                scope=line.scope,
                starts=line.period,
            )
            for rule, line, state in zip(rules, lines, counted, strict=True)
        ]

    async def state(self, actor: Actor, scope: Scope, unit: str) -> LimitState | None:
        """One limit as it applies to somebody now; None where it is set no more."""
        channel = scope.subject if scope.kind == "channel" else None
        states = await self.states(actor, channel)
        return next((state for state in states if (state.scope, state.unit) == (str(scope), unit)), None)

    async def room(self, actor: Actor, channel: str) -> Amount:
        """What fits under every limit that applies; NO_LIMIT of a unit that nothing limits."""
        states = await self.states(actor, channel)
        tokens, microdollars = (
            min((state.left for state in states if state.unit == unit), default=NO_LIMIT)
            for unit in (TOKENS, MICRODOLLARS)
        )
        return Amount(tokens, microdollars)

    async def raisers(self, team: str) -> Sequence[str]:
        """Who can give somebody more: the owners; where none is named, the workspace's admins that we know."""
        if self._policy.owners:
            return self._policy.owners
        async with self._uow(atomic=False) as uow:
            return await uow.limits.admins(team)

    async def sweep(self, age: timedelta) -> int:
        """Give back what was reserved longer than `age` ago for calls that never started."""
        async with self._uow() as uow:
            swept = await uow.calls.sweep_reservations(self._clock.now() - age)
            await uow.commit()
        return swept

    def starts(self, period: str) -> date:
        """The first day of the running one."""
        now = self._clock.now()
        return self._calendar.day(now) if period == "day" else self._calendar.month(now)

    async def _rules(
        self, actor: Actor, channel: str | None, *, question: bool = False
    ) -> tuple[Sequence[Rule], Asking]:
        version, limits = await self._limits(actor.team)
        role = await self._role(actor) if any(limit.kind == "role" for limit in limits) else None
        rules = applying(limits, actor, role, channel, self._daily)
        per_minute = self._per_minute if question else 0
        return rules, Asking(actor, version, self._clock.now(), per_minute)

    async def _limits(self, team: str) -> tuple[int, Sequence[Limit]]:
        """As this process last read them: a reservation is refused by the store where they are older than its own."""
        known = self._known.get(team)
        if known is None:
            async with self._uow(atomic=False) as uow:
                known = self._known[team] = await uow.limits.of_team(team)
        return known

    async def _role(self, actor: Actor) -> Role | None:
        """None where Slack does not tell who it is: then the default holds."""
        try:
            return self._policy.role(await self._people.person(actor))
        except (NotFound, SlackUnavailable):
            return None

    async def _refusal(self, actor: Actor, channel: str, refused: Sequence[BudgetLine]) -> NotEnoughBudget:
        """Of several limits that are in the way, the one that is longest."""
        states = await self.states(actor, channel)
        needed = {(line.scope, line.unit): line.amount for line in refused}
        full = [state for state in states if (state.scope, state.unit) in needed]
        if not full:
            raise LimitsChanged
        longest = max(full, key=lambda state: state.resets_at)
        return NotEnoughBudget(longest, needed[longest.scope, longest.unit], await self.raisers(actor.team))

    def _line(self, rule: Rule, amount: int) -> BudgetLine:
        return BudgetLine(str(rule.scope), self.starts(rule.scope.period), rule.unit, amount, rule.cap)

    def _resets_at(self, scope: Scope) -> datetime:
        now = self._clock.now()
        return self._calendar.next_day(now) if scope.period == "day" else self._calendar.next_month(now)
