"""Who may use how much, as owners and admins set it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.entities.budgets import BudgetLine
from services.entities.limits import Limit, Scope
from services.entities.people import Actor, Role
from services.errors import BadArgument
from services.limits.rules import EASED_TASK, PERSON, SCOPES
from services.limits.service import LimitsService
from services.people import PeopleService
from services.policy import Policy
from services.ports.clock import Clock
from services.ports.work import UnitOfWorkFactory

LARGEST = 10**12
ACT = "limits.set"
ROLES = (Role.OWNER, Role.ADMIN, Role.MEMBER, Role.GUEST)


class LimitSetting:
    def __init__(
        self,
        uow: UnitOfWorkFactory,
        limits: LimitsService,
        people: PeopleService,
        policy: Policy,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._limits = limits
        self._people = people
        self._policy = policy
        self._clock = clock

    async def all(self, actor: Actor) -> Sequence[Limit]:
        """What is set in the workspace. Raises NotAllowed."""
        await self._check(actor)
        async with self._uow(atomic=False) as uow:
            _, limits = await uow.limits.of_team(actor.team)
        return limits

    async def set(self, actor: Actor, limit: Limit) -> None:
        """A cap below what is used already only means that nothing more fits. Raises NotAllowed, BadArgument, NotFound."""
        await self._check(actor)
        await self._check_limit(actor, limit)
        subject = "*" if limit.kind == "role" else limit.subject
        scope = Scope(SCOPES.get(limit.kind, "user"), actor.team, subject, limit.period)
        line = BudgetLine(str(scope), self._limits.starts(limit.period), limit.unit, 0, limit.cap)
        async with self._uow() as uow:
            await uow.limits.set(
                actor.team, replace(limit, set_by=actor.user, set_at=self._clock.now()), line
            )
            await uow.enqueue(EASED_TASK, team=actor.team)
            await uow.commit()

    async def unset(self, actor: Actor, kind: str, subject: str) -> int:
        """Back to the default; how many limits there were. Raises NotAllowed."""
        await self._check(actor)
        async with self._uow() as uow:
            count = await uow.limits.unset(actor.team, kind, subject)
            await uow.enqueue(EASED_TASK, team=actor.team)
            await uow.commit()
        return count

    async def _check(self, actor: Actor) -> None:
        self._policy.check(await self._people.person(actor), ACT)

    async def _check_limit(self, actor: Actor, limit: Limit) -> None:
        if limit.cap <= 0:
            raise BadArgument("A limit must be more than nothing; to keep somebody out there are roles", "")
        if limit.cap > LARGEST:
            raise BadArgument("That is more than anybody could ever use", "")
        if limit.kind == "role" and limit.subject not in ROLES:
            raise BadArgument(f"`{limit.subject[:40]}` is not a role", ", ".join(ROLES))
        if limit.kind == PERSON:
            await self._people.person(Actor(actor.team, limit.subject))
