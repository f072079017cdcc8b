from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from services.entities.calls import CallOutcome, ModelCall
from services.entities.costs import Burst, ChannelSpend, DaySpend
from tests.fakes.memory import FakeStore

NOTHING = Decimal(0)


def spent(calls: Sequence[ModelCall]) -> Decimal:
    return sum((call.cost or NOTHING for call in calls), NOTHING)


class FakeCostStore(FakeStore):
    async def by_day(self, team: str, first: date) -> Sequence[DaySpend]:
        groups = defaultdict[tuple[date, str], list[ModelCall]](list)
        for call in self._rolled_up(team):
            if call.day >= first:
                groups[call.day, call.actor.user].append(call)
        return [
            DaySpend(
                day, user, spent(calls), sum(call.cost is None and call.usage.total > 0 for call in calls)
            )
            for (day, user), calls in sorted(groups.items())
        ]

    async def by_channel(self, team: str, today: date, month: date) -> Sequence[ChannelSpend]:
        groups = defaultdict[str, list[ModelCall]](list)
        for call in self._rolled_up(team):
            if month <= call.day <= today:
                groups[call.channel].append(call)
        return [
            ChannelSpend(channel, spent([call for call in calls if call.day == today]), spent(calls))
            for channel, calls in sorted(groups.items())
        ]

    async def bursts(self, team: str, since: datetime, limit: int) -> Sequence[Burst]:
        groups = defaultdict[tuple[str, str], list[ModelCall]](list)
        for call in self._memory.calls.values():
            if (
                call.actor.team == team
                and call.started_at >= since
                and call.outcome is not CallOutcome.CACHED
            ):
                groups[self._group(call)].append(call)
        found = [self._burst(*key, calls) for key, calls in groups.items()]
        dear = sorted(found, key=lambda one: (-one.cost, -one.calls))
        busy = sorted(found, key=lambda one: (-one.calls, -one.cost))
        return [one for one in dear if one in dear[:limit] or one in busy[:limit]]

    def _group(self, call: ModelCall) -> tuple[str, str]:
        """What it is called by, and its thread."""
        row = self._memory.turns.get(call.turn_id) if call.turn_id else None
        if row is None:
            return f"{call.actor.user}:{call.purpose}", ""
        conversation = self._memory.conversations[row.turn.conversation_id]
        return str(conversation.id), conversation.thread_ts or ""

    def _burst(self, key: str, thread_ts: str, calls: list[ModelCall]) -> Burst:
        users = Counter(call.actor.user for call in calls)
        user = min(users, key=lambda user: (-users[user], user))
        channel, purpose = min(call.channel for call in calls), min(call.purpose for call in calls)
        return Burst(key, user, channel, thread_ts, purpose, spent(calls), len(calls))

    def _rolled_up(self, team: str) -> list[ModelCall]:
        return [call for call in self._memory.rolled_up.values() if call.actor.team == team]


class FakeDigestStore(FakeStore):
    async def plan(self, team: str, kind: str, period: date, at: datetime) -> bool:
        if (team, kind, period) not in self._memory.digests:
            self._put(self._memory.digests, (team, kind, period), None)
        return self._memory.digests[team, kind, period] is None

    async def set_shown(self, team: str, kind: str, period: date, at: datetime) -> None:
        self._put(self._memory.digests, (team, kind, period), at)
