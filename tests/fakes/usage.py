from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.entities.calls import CallOutcome, ModelCall
from services.entities.usage import Counted, Dimension, Scope, ScopeKind, Span, Tallies, Tally
from tests.fakes.memory import Memory

KEYS: dict[Dimension, Callable[[ModelCall], str]] = {
    Dimension.PERSON: lambda call: call.actor.user,
    Dimension.CHANNEL: lambda call: call.channel,
    Dimension.MODEL: lambda call: f"{call.provider}/{call.model}",
    Dimension.PURPOSE: lambda call: call.purpose,
}
OVER_TIME = (Dimension.MODEL, Dimension.PURPOSE)


class FakeUsageStore:
    """Adds up the calls themselves, one after the other."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def tallies(self, scope: Scope, span: Span, before: Span) -> Tallies:
        calls, earlier = self._calls(scope, span), self._calls(scope, before)
        people = {call.actor.user for call in earlier}
        return Tallies([tally for tally in _groups(calls) if tally.counted.calls], _sum(earlier), len(people))

    async def daily(self, scope: Scope, span: Span) -> Sequence[tuple[date, Counted]]:
        calls = self._calls(scope, span)
        sums = (
            (day, _sum(call for call in calls if call.day == day)) for day in _each(calls, lambda c: c.day)
        )
        return [
            (day, Counted(tokens_in=sum_.tokens_in, tokens_out=sum_.tokens_out, cost=sum_.cost))
            for day, sum_ in sums
        ]

    async def names(self, team: str, users: Collection[str]) -> Mapping[str, str]:
        known = self._memory.people
        return {user: known[team, user][0].name for user in users if (team, user) in known}

    async def logged(self, calls: Collection[UUID]) -> Collection[UUID]:
        return set(calls) & self._memory.calls.keys()

    def _calls(self, scope: Scope, span: Span) -> list[ModelCall]:
        def fits(call: ModelCall) -> bool:
            who = {
                ScopeKind.TEAM: "",
                ScopeKind.PERSON: call.actor.user,
                ScopeKind.CHANNEL: call.channel,
            }[scope.kind]
            return call.actor.team == scope.team and who == scope.id and span.first <= call.day <= span.last

        return [call for call in self._memory.rolled_up.values() if fits(call)]


def _groups(calls: list[ModelCall]) -> Iterable[Tally]:
    yield Tally(_sum(calls))
    for day in _each(calls, lambda call: call.day):
        yield Tally(_sum(call for call in calls if call.day == day), day=day)
    for dimension, key_of in KEYS.items():
        for key in _each(calls, key_of):
            mine = [call for call in calls if key_of(call) == key]
            yield Tally(_sum(mine), dimension, key)
            for day in _each(mine, lambda call: call.day) if dimension in OVER_TIME else ():
                yield Tally(_sum(call for call in mine if call.day == day), dimension, key, day)


def _each(calls: Iterable[ModelCall], of: Callable[[ModelCall], Any]) -> list[Any]:
    return sorted({of(call) for call in calls})


def _sum(calls: Iterable[ModelCall]) -> Counted:
    return sum(map(_counted, calls), Counted())


def _counted(call: ModelCall) -> Counted:
    failed = call.outcome is CallOutcome.FAILED
    return Counted(
        calls=1,
        answers=int(call.purpose == "chat" and not failed and not call.searched),
        failed=int(failed),
        failovers=int(call.failover),
        hits=int(call.outcome is CallOutcome.CACHED),
        tokens_in=call.usage.tokens_in,
        cached_read=call.usage.cached_read,
        cached_write=call.usage.cached_write,
        tokens_out=call.usage.tokens_out,
        cost=call.cost or Decimal(0),
        saved=call.saved,
        unpriced=int(call.cost is None and (call.usage.total > 0 or bool(call.seconds))),
        seconds=call.seconds or Decimal(0),
    )
