"""The limits over fakes: Anna is a member, Ben a workspace admin, Olga the owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from services.calendar import Calendar
from services.entities.calls import Usage
from services.entities.limits import Amount, Limit, LimitRequest, LimitState, NearlyFull
from services.entities.people import Actor
from services.limits import MICRODOLLARS, TOKENS, LimitSetting, LimitsService, MoreService
from services.people import PeopleService
from services.policy import Policy
from services.ports.limits import Look
from tests import factories as make
from tests.fakes.clock import FakeClock
from tests.fakes.slack import FakeDirectory
from tests.fakes.uow import fake_unit_of_work, new_memory

OWNER = "UOWNER"
PEOPLE = {
    make.ANNA: make.person(),
    make.BEN: make.person(user=make.BEN, name="Ben", is_admin=True),
    OWNER: make.person(user=OWNER, name="Olga"),
}


class FakeNotices:
    """What people would be told."""

    def __init__(self) -> None:
        self.wishes: list[tuple[str, LimitRequest, LimitState | None]] = []
        self.answers: list[tuple[LimitRequest, LimitState | None]] = []
        self.warnings: list[tuple[NearlyFull, LimitState]] = []

    async def requested(self, to: Sequence[Actor], request: UUID, look: Look) -> None:
        for actor in to:
            self.wishes.append((actor.user, *await look()))

    async def decided(self, request: LimitRequest, state: LimitState | None) -> None:
        self.answers.append((request, state))

    async def nearly_full(self, of: NearlyFull, state: LimitState) -> None:
        self.warnings.append((of, state))


class Stand:
    def __init__(
        self, daily: int = 1_000, *, zone: str = "UTC", per_minute: int = 0, owners: Sequence[str] = (OWNER,)
    ) -> None:
        self.clock = FakeClock()
        self.memory = new_memory(self.clock.now)
        self.uow = fake_unit_of_work(self.memory)
        self.notices = FakeNotices()
        people = PeopleService(self.uow, FakeDirectory(dict(PEOPLE)), self.clock)
        policy = Policy(owners, guests=False)
        self.limits = LimitsService(
            self.uow, self.clock, Calendar(ZoneInfo(zone)), people, policy, daily, per_minute
        )
        self.setting = LimitSetting(self.uow, self.limits, people, policy, self.clock)
        self.more = MoreService(self.uow, self.limits, people, policy, self.notices, self.clock)

    async def reserve(
        self,
        tokens: int,
        reservation: UUID | None = None,
        who: Actor | None = None,
        *,
        microdollars: int = 0,
        channel: str = make.CHANNEL,
        question: bool = False,
    ) -> UUID:
        reservation = reservation or uuid4()
        amount = Amount(tokens, microdollars)
        await self.limits.reserve(reservation, who or make.anna(), amount, channel=channel, question=question)
        return reservation

    async def settle(self, reservation: UUID, tokens: int, microdollars: int = 0) -> None:
        async with self.uow() as uow:
            await uow.calls.settle(reservation, {TOKENS: tokens, MICRODOLLARS: microdollars})
            await uow.commit()

    async def set(self, kind: str, subject: str, cap: int, unit: str = TOKENS, period: str = "day") -> None:
        await self.setting.set(Actor(make.TEAM, OWNER), Limit(kind, subject, period, unit, cap))

    async def own_day(self) -> LimitState:
        """Anna's own tokens of the day."""
        states = await self.limits.states(make.anna(), None)
        return next(one for one in states if (one.kind, one.period, one.unit) == ("person", "day", TOKENS))

    @property
    def today(self) -> date:
        return self.clock.now().date()


class OnePrice:
    """A dollar for a million tokens of `known`, ten where they are written to a cache."""

    def __init__(self, *known: str) -> None:
        self._known = known

    def cost(self, provider: str, model: str, usage: Usage) -> Decimal | None:
        if model not in self._known:
            return None
        return Decimal(usage.total + 9 * usage.cached_write) * len(model) / 1_000_000
