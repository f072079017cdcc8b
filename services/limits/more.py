"""More than a limit allows, for its running period: asked for by one, granted by another with one press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from uuid_utils.compat import uuid7

from services.entities.limits import LimitRequest, LimitState, NearlyFull, scope_of
from services.entities.people import Actor
from services.errors import NotAllowed, NotFound
from services.limits.amounts import A_DOLLAR, TOKENS
from services.limits.rules import EASED_TASK
from services.limits.service import LimitsService
from services.limits.setting import ACT
from services.people import PeopleService
from services.policy import Policy
from services.ports.clock import Clock
from services.ports.limits import LimitNotices
from services.ports.work import UnitOfWorkFactory
from services.settings import WARNINGS, wants

REQUEST_TASK = "limits.request"
WARN_TASK = "limits.warn"
LOOK_TASK = "limits.look"
AT_ONCE = 100
STEPS = {TOKENS: 100_000, "microdollars": 5 * A_DOLLAR}


@dataclass(frozen=True, slots=True)
class Full:
    """The counter that was in somebody's way."""

    scope: str
    starts: date
    unit: str


class MoreService:
    def __init__(
        self,
        uow: UnitOfWorkFactory,
        limits: LimitsService,
        people: PeopleService,
        policy: Policy,
        notices: LimitNotices,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._limits = limits
        self._people = people
        self._policy = policy
        self._notices = notices
        self._clock = clock

    async def ask(
        self, actor: Actor, full: Full, channel: str, turn_id: UUID | None
    ) -> tuple[Sequence[str], bool]:
        """Who is asked, by id, and whether they were not before. Raises NotAllowed, and NotFound once it is over."""
        self._policy.check(await self._people.person(actor), "chat")
        scope = scope_of(full.scope)
        if scope.team != actor.team or (scope.kind == "user" and scope.subject != actor.user):
            raise NotAllowed("stranger")
        if full.starts != self._limits.starts(scope.period):
            raise NotFound("limit")
        raisers = await self._limits.raisers(actor.team)
        wish = LimitRequest(
            uuid7(), actor, channel, full.scope, full.starts, full.unit, self._clock.now(), turn_id
        )
        async with self._uow() as uow:
            kept = await uow.limits.ask(wish)
            await uow.enqueue(REQUEST_TASK, request=str(kept.id))
            await uow.commit()
        return raisers, kept.id == wish.id

    async def grant(self, actor: Actor, request_id: UUID, bonus: int) -> bool:
        """For the running period. False where it was decided before. Raises NotAllowed."""
        return await self._decide(actor, request_id, "granted", bonus)

    async def decline(self, actor: Actor, request_id: UUID) -> bool:
        return await self._decide(actor, request_id, "declined", 0)

    async def _decide(self, actor: Actor, request_id: UUID, state: str, bonus: int) -> bool:
        self._policy.check(await self._people.person(actor), ACT)
        async with self._uow() as uow:
            wish = await uow.limits.request(request_id)
            if wish is None or wish.actor.team != actor.team:
                raise NotFound("request")
            decided = await uow.limits.decide(request_id, state, bonus, actor.user, self._clock.now())
            if state == "granted":
                await uow.enqueue(EASED_TASK, team=actor.team)
            await uow.enqueue(REQUEST_TASK, request=str(request_id))
            await uow.commit()
        return decided is not None

    async def show(self, request_id: UUID) -> None:
        """Bring what is seen of a request up to date, at those who decide and at who asked."""

        async def look() -> tuple[LimitRequest, LimitState | None]:
            async with self._uow(atomic=False) as uow:
                wish = await uow.limits.request(request_id)
            if wish is None:
                raise NotFound("request")
            return wish, await self._limits.state(wish.actor, scope_of(wish.scope), wish.unit)

        wish, state = await look()
        raisers = await self._limits.raisers(wish.actor.team)
        await self._notices.requested([Actor(wish.actor.team, user) for user in raisers], request_id, look)
        if wish.state != "open":
            await self._notices.decided(wish, state)

    # -- nearly full ---------------------------------------------------------------------------

    async def warn_due(self) -> int:
        """Queue a warning for each limit that was passed at 80 %, once in its period."""
        async with self._uow() as uow:
            due = await uow.limits.take_nearly_full(self._clock.now(), AT_ONCE)
            for one in due:
                await uow.enqueue(
                    WARN_TASK,
                    scope=one.scope,
                    starts=one.starts.isoformat(),
                    unit=one.unit,
                    user=one.actor.user,
                )
            await uow.commit()
        return len(due)

    async def warn(self, of: NearlyFull) -> None:
        """To the person alone, unless they have switched such warnings off."""
        if not wants(await self._people.settings(of.actor), WARNINGS):
            return
        scope = scope_of(of.scope)
        state = await self._limits.state(of.actor, scope, of.unit)
        if state is not None and state.starts == of.starts:
            await self._notices.nearly_full(of, state)


def steps(cap: int, unit: str) -> Sequence[int]:
    """What is offered on top of a limit: a usual step, and as much again."""
    return sorted({STEPS[unit], cap})
