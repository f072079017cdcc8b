"""Reservations: the worst case of a request, held on every limit that applies or on none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, bindparam, select

from services.entities.budgets import BudgetLine, BudgetState
from services.entities.limits import Asking
from services.errors import LimitsChanged, TooManyRequests
from services.ports.calls import Reservation
from storage.budget_statements import CREATE_COUNTERS, GIVE_BACK, RESERVE, RESERVE_COUNTED, counters
from storage.questions import Questions
from storage.tables import budget_counters, reservations

_HELD = select(reservations.c.id).where(reservations.c.id == bindparam("reservation"))
_UNSTARTED = select(reservations.c.id).where(~reservations.c.started, reservations.c.at < bindparam("before"))
_COUNTER = select(budget_counters.c.spent, budget_counters.c.reserved, budget_counters.c.bonus).where(
    budget_counters.c.scope == bindparam("scope"),
    budget_counters.c.period == bindparam("period"),
    budget_counters.c.unit == bindparam("unit"),
)
WARN_AT = 80  # percent


class SqlBudgets(Questions):
    async def reserve(
        self, reservation_id: UUID, lines: Sequence[BudgetLine], asking: Asking | None = None
    ) -> Sequence[BudgetLine]:
        """The counters touched stay locked until the transaction ends: keep it short."""
        rows = await self._held([(reservation_id, lines)], asking)
        if not rows or rows[0].held or await self._one(_HELD, reservation=reservation_id):
            return ()
        full = {(row.scope, row.period, row.unit) for row in rows if not row.fits}
        if not full and asking is not None:
            raise TooManyRequests(await self.seconds_to_wait(asking), asking.per_minute)
        return [line for line in lines if (line.scope, line.period, line.unit) in full]

    async def reserve_all(self, wanted: Sequence[Reservation], asking: Asking) -> AbstractSet[UUID]:
        rows = await self._held(wanted, asking)
        return set(rows[0].held or ()) if rows else set()

    async def _held(self, wanted: Sequence[Reservation], asking: Asking | None) -> Sequence[Row[Any]]:
        """A row for each counter: whether it fits there, and what is held now."""
        lines = summed(wanted)
        values = {
            **_columns(lines),
            "reservations": [reservation for reservation, _ in wanted],
            "lines": [_stored(each) for _, each in wanted],
            "team": asking.actor.team if asking else "",
            "user": asking.actor.user if asking else "",
            "version": asking.version if asking else None,
        }
        rows = await self._tried(values, asking)
        if any(row.fits is None for row in rows):
            await self._run(CREATE_COUNTERS, **counters(lines))
            rows = await self._tried(values, asking)
        return rows

    async def _tried(self, values: dict[str, Any], asking: Asking | None) -> Sequence[Row[Any]]:
        if asking and asking.per_minute:
            rows = await self._all(RESERVE_COUNTED, **values, per_minute=asking.per_minute, at=asking.at)
        else:
            rows = await self._all(RESERVE, **values)
        if asking and rows and rows[0].version != asking.version:
            raise LimitsChanged
        return rows

    async def settle(self, reservation_id: UUID, spent: Mapping[str, int]) -> bool:
        return await self._give_back([reservation_id], spent) == 1

    async def settle_whole(self, reservation_id: UUID) -> bool:
        return await self._give_back([reservation_id], {}, whole=True) == 1

    async def sweep_reservations(self, before: datetime) -> int:
        forgotten = [row.id for row in await self._all(_UNSTARTED, before=before)]
        return await self._give_back(forgotten, {}, started=False) if forgotten else 0

    async def budget(self, scope: str, period: date, unit: str) -> BudgetState:
        row = await self._one(_COUNTER, scope=scope, period=period, unit=unit)
        return BudgetState(row.spent, row.reserved, row.bonus) if row else BudgetState(0, 0)

    async def _give_back(
        self,
        reservations: Sequence[UUID],
        spent: Mapping[str, int],
        *,
        whole: bool = False,
        started: bool = True,
    ) -> int:
        """How many there were. `whole`: all that was held is spent; `started`: also begun ones."""
        found = await self._value(
            GIVE_BACK, reservations=list(reservations), spent=dict(spent), whole=whole, started=started
        )
        return int(found)


def summed(wanted: Sequence[Reservation]) -> Sequence[BudgetLine]:
    """One line for each counter."""
    found: dict[tuple[str, date, str], BudgetLine] = {}
    for _, lines in wanted:
        for line in lines:
            key = (line.scope, line.period, line.unit)
            before = found[key].amount if key in found else 0
            found[key] = replace(line, amount=line.amount + before)
    return list(found.values())


def _columns(lines: Sequence[BudgetLine]) -> dict[str, list[Any]]:
    return {
        "scopes": [line.scope for line in lines],
        "periods": [line.period for line in lines],
        "units": [line.unit for line in lines],
        "amounts": [line.amount for line in lines],
        "caps": [line.cap for line in lines],
    }


def _stored(lines: Sequence[BudgetLine]) -> str:
    stored = [
        {
            "scope": line.scope,
            "period": line.period.isoformat(),
            "unit": line.unit,
            "amount": line.amount,
            "warn_at": -(-line.cap * WARN_AT // 100),
        }
        for line in lines
    ]
    return orjson.dumps(stored).decode()
