"""Reports' sums, from the daily rollup; never from the calls themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, bindparam, select, text

from services.entities.usage import Counted, Dimension, Scope, ScopeKind, Span, Tallies, Tally
from storage.store import Store
from storage.tables import ai_calls, users

_MEASURES = (  # in the order of Counted
    "calls", "answers", "failed", "failovers", "hits", "tokens_in", "cached_read", "cached_write", "tokens_out",
    "cost", "saved", "unpriced", "seconds",
)  # fmt: skip
_EXACT = frozenset({"cost", "saved", "seconds"})
_OF_CELLS = ", ".join(f"sum({name}) AS {name}" for name in _MEASURES).replace(
    "sum(answers)", "sum(calls - failed - searches) FILTER (WHERE purpose = 'chat')"
)
# Sums of bigint are numeric in PostgreSQL, which the driver reads slowly; of no rows they are null.
_SUMS = ", ".join(
    f"coalesce(sum({name}), 0){'' if name in _EXACT else '::bigint'} AS {name}" for name in _MEASURES
)
_values = attrgetter(*_MEASURES)
_MINE = {
    ScopeKind.PERSON: "team = :team AND user_id = :id",
    ScopeKind.CHANNEL: "team = :team AND channel = :id",
    ScopeKind.TEAM: "team = :team AND :id = ''",
}


def _tallies(mine: str) -> TextClause:
    """The rollup is read once a period: first down to one row a person and place, and one a day; then all groups.

    Rows of the two kinds are told apart by `of_day`; summed together they would count everything twice.
    """
    return text(f"""
    WITH base AS MATERIALIZED (
        SELECT grouping(user_id) = 1 AS of_day, day, user_id, channel, provider, model, purpose, {_OF_CELLS}
        FROM usage_daily WHERE {mine} AND day BETWEEN :first AND :last
        GROUP BY GROUPING SETS ((user_id, channel, provider, model, purpose), (day, provider, model, purpose))
    ), earlier AS (
        SELECT user_id, {_OF_CELLS}
        FROM usage_daily WHERE {mine} AND day BETWEEN :first_before AND :last_before
        GROUP BY user_id
    )
    SELECT CASE 0 WHEN grouping(user_id) THEN 'person' WHEN grouping(channel) THEN 'channel'
            WHEN grouping(model) THEN 'model' WHEN grouping(purpose) THEN 'purpose' ELSE '' END AS dimension,
        coalesce(user_id, channel, provider || '/' || model, purpose) AS key,
        CAST(NULL AS date) AS day, CAST(NULL AS bigint) AS people, {_SUMS}
    FROM base WHERE NOT of_day
    GROUP BY GROUPING SETS ((), (user_id), (channel), (provider, model), (purpose))
    UNION ALL
    SELECT CASE 0 WHEN grouping(model) THEN 'model' WHEN grouping(purpose) THEN 'purpose' ELSE '' END,
        coalesce(provider || '/' || model, purpose), day, NULL, {_SUMS}
    FROM base WHERE of_day
    GROUP BY GROUPING SETS ((day), (day, provider, model), (day, purpose))
    UNION ALL
    SELECT '', NULL, NULL, count(*), {_SUMS} FROM earlier
    """)  # noqa: S608 - parts of our own


def _daily(mine: str) -> TextClause:
    return text(f"""
    SELECT day, sum(tokens_in) AS tokens_in, sum(tokens_out) AS tokens_out, sum(cost) AS cost
    FROM usage_daily WHERE {mine} AND day BETWEEN :first AND :last
    GROUP BY day ORDER BY day
    """)  # noqa: S608 - parts of our own


_TALLIES = {kind: _tallies(mine) for kind, mine in _MINE.items()}
_DAILY = {kind: _daily(mine) for kind, mine in _MINE.items()}
_NAMES = select(users.c.user_id, users.c.name).where(
    users.c.team == bindparam("team"),
    users.c.user_id.in_(bindparam("users", expanding=True)),
    users.c.name != "",
)


_LOGGED = select(ai_calls.c.id).where(ai_calls.c.id.in_(bindparam("calls", expanding=True)))


class SqlUsageStore(Store):
    async def tallies(self, scope: Scope, span: Span, before: Span) -> Tallies:
        rows = await self._all(
            _TALLIES[scope.kind],
            team=scope.team,
            id=scope.id,
            first=span.first,
            last=span.last,
            first_before=before.first,
            last_before=before.last,
        )
        earlier = next(row for row in rows if row.people is not None)
        now = [_to_tally(row) for row in rows if row.people is None and row.calls]
        return Tallies(now, _to_counted(earlier), earlier.people)

    async def daily(self, scope: Scope, span: Span) -> Sequence[tuple[date, Counted]]:
        rows = await self._all(
            _DAILY[scope.kind], team=scope.team, id=scope.id, first=span.first, last=span.last
        )
        return [
            (row.day, Counted(tokens_in=int(row.tokens_in), tokens_out=int(row.tokens_out), cost=row.cost))
            for row in rows
        ]

    async def names(self, team: str, users: Collection[str]) -> Mapping[str, str]:
        rows = await self._all(_NAMES, team=team, users=list(users))
        return {row.user_id: row.name for row in rows}

    async def logged(self, calls: Collection[UUID]) -> Collection[UUID]:
        return {row.id for row in await self._all(_LOGGED, calls=list(calls))}


def _to_tally(row: Row[Any]) -> Tally:
    dimension = Dimension(row.dimension) if row.dimension else None
    return Tally(_to_counted(row), dimension, row.key or "", row.day)


def _to_counted(row: Row[Any]) -> Counted:
    return Counted(*_values(row))
