"""Money by day, by channel and by the hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from services.entities.costs import Burst, ChannelSpend, DaySpend
from storage.store import Store

CLOCKS_APART = timedelta(minutes=5)

_BY_DAY = text("""
SELECT day, user_id, sum(cost) AS cost, sum(unpriced) AS unpriced
FROM usage_daily WHERE team = :team AND day >= :first
GROUP BY day, user_id ORDER BY day, user_id
""")
_BY_CHANNEL = text("""
SELECT channel, coalesce(sum(cost) FILTER (WHERE day = :today), 0) AS today, sum(cost) AS month
FROM usage_daily WHERE team = :team AND day >= :month AND day <= :today
GROUP BY channel ORDER BY channel
""")
# Ids of calls begin with their time: the newest are read by the primary key, without an index of their own.
_BURSTS = text("""
WITH lately AS (
    SELECT c.user_id, c.channel, c.purpose, c.cost, t.conversation_id
    FROM ai_calls AS c LEFT JOIN turns AS t ON t.id = c.turn_id
    WHERE c.id >= :oldest AND c.team = :team AND c.started_at >= :since AND c.outcome <> 'cached'
), spent AS (
    SELECT conversation_id, CASE WHEN conversation_id IS NULL THEN user_id END AS alone,
        CASE WHEN conversation_id IS NULL THEN purpose END AS work,
        mode() WITHIN GROUP (ORDER BY user_id) AS user_id, min(channel) AS channel, min(purpose) AS purpose,
        coalesce(sum(cost), 0) AS cost, count(*) AS calls
    FROM lately GROUP BY 1, 2, 3
), ranked AS (
    SELECT *, row_number() OVER (ORDER BY cost DESC, calls DESC) AS dear,
        row_number() OVER (ORDER BY calls DESC, cost DESC) AS busy
    FROM spent
)
SELECT r.*, coalesce(v.thread_ts, '') AS thread_ts
FROM ranked AS r LEFT JOIN conversations AS v ON v.id = r.conversation_id
WHERE dear <= :limit OR busy <= :limit ORDER BY dear
""")


class SqlCostStore(Store):
    async def by_day(self, team: str, first: date) -> Sequence[DaySpend]:
        rows = await self._all(_BY_DAY, team=team, first=first)
        return [DaySpend(row.day, row.user_id, row.cost, int(row.unpriced)) for row in rows]

    async def by_channel(self, team: str, today: date, month: date) -> Sequence[ChannelSpend]:
        rows = await self._all(_BY_CHANNEL, team=team, today=today, month=month)
        return [ChannelSpend(row.channel, row.today, row.month) for row in rows]

    async def bursts(self, team: str, since: datetime, limit: int) -> Sequence[Burst]:
        oldest = first_id(since - CLOCKS_APART)
        rows = await self._all(_BURSTS, team=team, since=since, oldest=oldest, limit=limit)
        return [
            Burst(
                str(row.conversation_id or f"{row.user_id}:{row.purpose}"),
                row.user_id,
                row.channel,
                row.thread_ts,
                row.purpose,
                row.cost,
                row.calls,
            )
            for row in rows
        ]


def first_id(at: datetime) -> UUID:
    """No UUIDv7 made at or after `at` is smaller."""
    return UUID(int=int(at.timestamp() * 1000) << 80)
