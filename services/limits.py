"""Tokens a person may use. The worst case is reserved before a call, the real use settled after it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from services.entities import Actor, BudgetLine, UsageToday
from services.errors import NotEnoughBudget
from services.ports import Clock, UnitOfWork, UnitOfWorkFactory

TOKENS = "tokens"


class LimitsService:
    def __init__(self, uow: UnitOfWorkFactory, clock: Clock, daily_tokens: int) -> None:
        self._uow = uow
        self._clock = clock
        self._daily = daily_tokens

    async def reserve(self, reservation_id: UUID, actor: Actor, tokens: int) -> None:
        """Hold `tokens` of the person's day. Raises NotEnoughBudget, holding nothing."""
        async with self._uow(atomic=False) as uow:
            refused = await uow.calls.reserve(reservation_id, [self._line(actor, tokens)])
            if not refused:
                return
            raise await self._refusal(uow, refused[0])

    async def _refusal(self, uow: UnitOfWork, line: BudgetLine) -> NotEnoughBudget:
        state = await uow.calls.budget(line.scope, line.period, line.unit)
        left = max(0, line.cap - state.spent - state.reserved)
        return NotEnoughBudget(
            scope=line.scope, left=left, cap=line.cap, needed=line.amount, resets_at=self._resets_at()
        )

    async def today(self, actor: Actor) -> UsageToday:
        line = self._line(actor, 0)
        async with self._uow(atomic=False) as uow:
            state = await uow.calls.budget(line.scope, line.period, line.unit)
        return UsageToday(state.spent, state.reserved, line.cap, self._resets_at())

    async def sweep(self, age: timedelta) -> int:
        """Give back what was reserved longer than `age` ago for calls that never started."""
        async with self._uow() as uow:
            swept = await uow.calls.sweep_reservations(self._clock.now() - age)
            await uow.commit()
        return swept

    def _line(self, actor: Actor, tokens: int) -> BudgetLine:
        today = self._clock.now().astimezone(UTC).date()
        return BudgetLine(f"user:{actor.team}:{actor.user}", today, TOKENS, tokens, self._daily)

    def _resets_at(self) -> datetime:
        tomorrow = self._clock.now().astimezone(UTC).date() + timedelta(days=1)
        return datetime.combine(tomorrow, time(), UTC)
