"""Whether a request fits under every limit that applies, and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.calendar import Calendar
from services.entities import Actor, BudgetLine, UsageToday
from services.entities.limits import Amount, LimitState
from services.errors import NotEnoughBudget
from services.limits.amounts import TOKENS
from services.ports import Clock, UnitOfWork, UnitOfWorkFactory


class LimitsService:
    def __init__(self, uow: UnitOfWorkFactory, clock: Clock, calendar: Calendar, daily_tokens: int) -> None:
        self._uow = uow
        self._clock = clock
        self._calendar = calendar
        self._daily = daily_tokens

    async def reserve(
        self,
        reservation_id: UUID,
        actor: Actor,
        amount: Amount,
        *,
        channel: str,  # noqa: ARG002 - channels have no limits yet
    ) -> None:
        """Hold `amount` on every limit that applies. Raises NotEnoughBudget, holding nothing."""
        async with self._uow(atomic=False) as uow:
            refused = await uow.calls.reserve(reservation_id, [self._line(actor, amount.tokens)])
            if not refused:
                return
            raise await self._refusal(uow, refused[0])

    async def _refusal(self, uow: UnitOfWork, line: BudgetLine) -> NotEnoughBudget:
        state = await uow.calls.budget(line.scope, line.period, line.unit)
        left = max(0, line.cap - state.spent - state.reserved)
        resets_at = self._calendar.next_day(self._clock.now())
        return NotEnoughBudget(
            scope=line.scope, left=left, cap=line.cap, needed=line.amount, resets_at=resets_at
        )

    async def today(self, actor: Actor) -> UsageToday:
        """The person's own tokens of the day."""
        [state] = await self.states(actor, None)
        return UsageToday(state.spent, state.reserved, state.cap, state.resets_at)

    async def states(
        self,
        actor: Actor,
        channel: str | None,  # noqa: ARG002 - channels have no limits yet
    ) -> Sequence[LimitState]:
        """Every limit that applies to what they ask there; without a channel, wherever they ask."""
        line = self._line(actor, 0)
        async with self._uow(atomic=False) as uow:
            state = await uow.calls.budget(line.scope, line.period, line.unit)
        resets_at = self._calendar.next_day(self._clock.now())
        return [LimitState("person", "day", line.unit, line.cap, state.spent, state.reserved, resets_at)]

    async def sweep(self, age: timedelta) -> int:
        """Give back what was reserved longer than `age` ago for calls that never started."""
        async with self._uow() as uow:
            swept = await uow.calls.sweep_reservations(self._clock.now() - age)
            await uow.commit()
        return swept

    def _line(self, actor: Actor, tokens: int) -> BudgetLine:
        today = self._calendar.day(self._clock.now())
        return BudgetLine(f"user:{actor.team}:{actor.user}/day", today, TOKENS, tokens, self._daily)
