"""Limits as they are set, counters nobody needed yet, wishes for more, and warnings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, text
from sqlalchemy.dialects.postgresql import insert

from services.entities.budgets import BudgetLine, BudgetState
from services.entities.limits import Limit, LimitRequest, NearlyFull, scope_of
from services.entities.people import Actor
from storage.budget_statements import COUNTERS, LOGGED, counters
from storage.questions import Questions
from storage.tables import limit_requests, limits, users

_VERSION = """
INSERT INTO limit_versions AS v (team, version) VALUES (:team, 1)
ON CONFLICT (team) DO UPDATE SET version = v.version + 1
"""
_CHANGED = text(_VERSION)
_OF_TEAM = text("""
SELECT coalesce((SELECT version FROM limit_versions WHERE team = :team), 0) AS version, l.*
FROM (SELECT) AS always LEFT JOIN limits AS l ON l.team = :team
ORDER BY kind, subject, period, unit
""")

# A limit that is set counts what was used while nobody counted it; what was booked at its worst stays booked.
_CATCH_UP = text(f"""
WITH w AS (
    SELECT c.scope, c.period, c.unit, CAST(:until AS date) AS until, CAST(:team AS text) AS team,
        CASE WHEN CAST(:kind AS text) = 'user' THEN split_part(split_part(c.scope, '/', 1), ':', 3) ELSE '' END AS user_id,
        CASE WHEN CAST(:kind AS text) = 'channel' THEN split_part(split_part(c.scope, '/', 1), ':', 3) ELSE '' END AS channel
    FROM budget_counters AS c
    WHERE c.scope LIKE :scopes AND c.period = :period AND c.unit = :unit
    ORDER BY c.scope
    FOR NO KEY UPDATE
)
UPDATE budget_counters AS c SET spent = greatest(c.spent, {LOGGED})
FROM w WHERE c.scope = w.scope AND c.period = w.period AND c.unit = w.unit
""")  # noqa: S608 - parts of our own

_COUNTED = text(f"""
SELECT coalesce(c.spent, {LOGGED}) AS spent, coalesce(c.reserved, 0) AS reserved, coalesce(c.bonus, 0) AS bonus
FROM {COUNTERS} LEFT JOIN budget_counters AS c USING (scope, period, unit)
ORDER BY place
""")  # noqa: S608 - parts of our own

_DECIDE = text("""
WITH decided AS (
    UPDATE limit_requests SET state = :state, bonus = :bonus, decided_by = :by, decided_at = :at
    WHERE id = :id AND state = 'open'
    RETURNING *
), raised AS (
    UPDATE budget_counters AS c SET bonus = c.bonus + decided.bonus FROM decided
    WHERE c.scope = decided.scope AND c.period = decided.period AND c.unit = decided.unit
)
SELECT * FROM decided
""")

_TAKE = text("""
UPDATE budget_counters AS c SET warned_at = :at FROM (
    SELECT scope, period, unit FROM budget_counters
    WHERE warn_user IS NOT NULL AND warned_at IS NULL
    ORDER BY scope LIMIT :most FOR UPDATE SKIP LOCKED
) AS due
WHERE c.scope = due.scope AND c.period = due.period AND c.unit = due.unit
RETURNING c.scope, c.period, c.unit, c.warn_user
""")

_ADMINS = (
    select(users.c.user_id)
    .where(users.c.is_admin, ~users.c.is_deleted, ~users.c.is_bot)
    .order_by(users.c.user_id)
    .limit(5)
)


class SqlLimitStore(Questions):
    async def of_team(self, team: str) -> tuple[int, Sequence[Limit]]:
        rows = await self._all(_OF_TEAM, team=team)
        return rows[0].version, [_to_limit(row) for row in rows if row.kind is not None]

    async def set(self, team: str, limit: Limit, line: BudgetLine) -> None:
        values = {"cap": limit.cap, "set_by": limit.set_by, "set_at": limit.set_at}
        new = insert(limits).values(
            team=team, kind=limit.kind, subject=limit.subject, period=limit.period, unit=limit.unit, **values
        )
        key = ["team", "kind", "subject", "period", "unit"]
        await self._run(new.on_conflict_do_update(index_elements=key, set_=values))
        await self._run(_CHANGED, team=team)
        scope = scope_of(line.scope)
        await self._run(
            _CATCH_UP,
            scopes=like(line.scope),
            period=line.period,
            unit=line.unit,
            until=scope.until(line.period),
            team=team,
            kind=scope.kind,
        )

    async def unset(self, team: str, kind: str, subject: str) -> int:
        gone = await self._connection.execute(
            delete(limits).where(limits.c.team == team, limits.c.kind == kind, limits.c.subject == subject)
        )
        await self._run(_CHANGED, team=team)
        return int(gone.rowcount)

    async def counted(self, lines: Sequence[BudgetLine]) -> Sequence[BudgetState]:
        rows = await self._all(_COUNTED, **counters(lines))
        return [BudgetState(row.spent, row.reserved, row.bonus) for row in rows]

    async def ask(self, request: LimitRequest) -> LimitRequest:
        line = BudgetLine(request.scope, request.starts, request.unit, 0, 0)
        new = insert(limit_requests).values(_of_request(request)).on_conflict_do_nothing()
        await self._run(new)
        return await self.open_request(request.actor, line) or request

    async def open_request(self, actor: Actor, line: BudgetLine) -> LimitRequest | None:
        row = await self._one(
            select(limit_requests).where(
                limit_requests.c.team == actor.team,
                limit_requests.c.user_id == actor.user,
                limit_requests.c.scope == line.scope,
                limit_requests.c.period == line.period,
                limit_requests.c.unit == line.unit,
                limit_requests.c.state == "open",
            )
        )
        return _to_request(row) if row else None

    async def request(self, request_id: UUID) -> LimitRequest | None:
        row = await self._one(select(limit_requests).where(limit_requests.c.id == request_id))
        return _to_request(row) if row else None

    async def decide(
        self, request_id: UUID, state: str, bonus: int, by: str, at: datetime
    ) -> LimitRequest | None:
        row = await self._one(_DECIDE, id=request_id, state=state, bonus=bonus, by=by, at=at)
        return _to_request(row) if row else None

    async def take_nearly_full(self, at: datetime, most: int) -> Sequence[NearlyFull]:
        rows = await self._all(_TAKE, at=at, most=most)
        return [
            NearlyFull(row.scope, row.period, row.unit, Actor(scope_of(row.scope).team, row.warn_user))
            for row in rows
        ]

    async def admins(self, team: str) -> Sequence[str]:
        return [row.user_id for row in await self._all(_ADMINS.where(users.c.team == team))]


def like(scope: str) -> str:
    """`user:T1:*/day` are all people of a team."""
    return scope.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%")


def _to_limit(row: Row[Any]) -> Limit:
    return Limit(row.kind, row.subject, row.period, row.unit, row.cap, row.set_by, row.set_at)


def _of_request(request: LimitRequest) -> dict[str, Any]:
    return {
        "id": request.id,
        "team": request.actor.team,
        "user_id": request.actor.user,
        "channel": request.channel,
        "scope": request.scope,
        "period": request.starts,
        "unit": request.unit,
        "turn_id": request.turn_id,
        "asked_at": request.asked_at,
    }


def _to_request(row: Row[Any]) -> LimitRequest:
    return LimitRequest(
        id=row.id,
        actor=Actor(row.team, row.user_id),
        channel=row.channel,
        scope=row.scope,
        starts=row.period,
        unit=row.unit,
        asked_at=row.asked_at,
        turn_id=row.turn_id,
        state=row.state,
        bonus=row.bonus,
        decided_by=row.decided_by,
    )
