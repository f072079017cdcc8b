"""Limits and wishes in memory."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from uuid import UUID

from services.entities.budgets import BudgetLine, BudgetState
from services.entities.calls import ModelCall
from services.entities.limits import Limit, LimitRequest, NearlyFull, scope_of
from services.entities.people import Actor
from tests.fakes.memory import FakeStore, Memory

MINUTE = timedelta(minutes=1)


class FakeLimitStore(FakeStore):
    async def of_team(self, team: str) -> tuple[int, Sequence[Limit]]:
        found = [limit for (of, *_), limit in self._memory.limits.items() if of == team]
        keys = [(one.kind, one.subject, one.period, one.unit) for one in found]
        ordered = [limit for _, limit in sorted(zip(keys, found, strict=True), key=lambda pair: pair[0])]
        return self._memory.limit_versions.get(team, 0), ordered

    async def set(self, team: str, limit: Limit, line: BudgetLine) -> None:
        key = (team, limit.kind, limit.subject, limit.period, limit.unit)
        self._put(self._memory.limits, key, limit)
        self._changed(team)
        for (scope, starts, unit), state in list(self._memory.counters.items()):
            if fnmatchcase(scope, line.scope) and (starts, unit) == (line.period, line.unit):
                spent = max(state.spent, logged(self._memory, scope, starts, unit))
                self._put(self._memory.counters, (scope, starts, unit), replace(state, spent=spent))

    async def unset(self, team: str, kind: str, subject: str) -> int:
        gone = [key for key in self._memory.limits if key[:3] == (team, kind, subject)]
        for key in gone:
            self._drop(self._memory.limits, key)
        self._changed(team)
        return len(gone)

    async def counted(self, lines: Sequence[BudgetLine]) -> Sequence[BudgetState]:
        return [counter(self._memory, line) for line in lines]

    async def ask(self, request: LimitRequest) -> LimitRequest:
        line = BudgetLine(request.scope, request.starts, request.unit, 0, 0)
        if known := await self.open_request(request.actor, line):
            return known
        self._put(self._memory.limit_requests, request.id, request)
        return request

    async def open_request(self, actor: Actor, line: BudgetLine) -> LimitRequest | None:
        for one in self._memory.limit_requests.values():
            same = (one.actor, one.scope, one.starts, one.unit) == (actor, line.scope, line.period, line.unit)
            if same and one.state == "open":
                return one
        return None

    async def request(self, request_id: UUID) -> LimitRequest | None:
        return self._memory.limit_requests.get(request_id)

    async def decide(
        self, request_id: UUID, state: str, bonus: int, by: str, at: datetime
    ) -> LimitRequest | None:
        known = self._memory.limit_requests.get(request_id)
        if known is None or known.state != "open":
            return None
        decided = replace(known, state=state, bonus=bonus, decided_by=by)
        self._put(self._memory.limit_requests, request_id, decided)
        key = (known.scope, known.starts, known.unit)
        if counted := self._memory.counters.get(key):
            self._put(self._memory.counters, key, replace(counted, bonus=counted.bonus + bonus))
        return decided

    async def take_nearly_full(self, at: datetime, most: int) -> Sequence[NearlyFull]:
        due = [key for key in self._memory.to_warn if key not in self._memory.warned][:most]
        for key in due:
            self._put(self._memory.warned, key, at)
        return [NearlyFull(*key, Actor(scope_of(key[0]).team, self._memory.to_warn[key])) for key in due]

    async def admins(self, team: str) -> Sequence[str]:
        people = [person for person, _ in self._memory.people.values()]
        return sorted(one.user for one in people if one.team == team and one.is_admin and not one.is_deleted)[
            :5
        ]

    def _changed(self, team: str) -> None:
        self._put(self._memory.limit_versions, team, self._memory.limit_versions.get(team, 0) + 1)


def counter(memory: Memory, line: BudgetLine) -> BudgetState:
    """A counter that nobody needed yet is what the log holds."""
    known = memory.counters.get((line.scope, line.period, line.unit))
    return known or BudgetState(logged(memory, line.scope, line.period, line.unit), 0)


def logged(memory: Memory, key: str, starts: date, unit: str) -> int:
    scope = scope_of(key)
    calls: Iterable[ModelCall] = [
        call
        for call in memory.rolled_up.values()
        if call.actor.team == scope.team
        and starts <= call.day < scope.until(starts)
        and (scope.kind != "user" or call.actor.user == scope.subject)
        and (scope.kind != "channel" or call.channel == scope.subject)
    ]
    if unit == "tokens":
        return sum(call.usage.total for call in calls)
    return math.ceil(sum((call.cost or Decimal(0) for call in calls), Decimal(0)) * 1_000_000)
