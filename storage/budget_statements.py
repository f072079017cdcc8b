"""What is held, booked and counted, each in one round trip.

Parts of one statement share a snapshot: none sees the rows another has written, except through RETURNING.
Rows that are locked or met in a conflict are always the newest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from services.entities.budgets import BudgetLine
from services.entities.limits import scope_of

# A person's questions of the last minute. Taken last, when everything fits, so that a refusal takes none.
_COUNTED = """
asked AS (
    INSERT INTO request_times AS r (team, user_id, times)
    SELECT :team, :user, array_fill(CAST(:at AS timestamptz), ARRAY[cardinality(CAST(:reservations AS uuid[]))])
    FROM room
    WHERE NOT EXISTS (SELECT FROM reservations WHERE id = ANY(CAST(:reservations AS uuid[])))
    ON CONFLICT (team, user_id) DO UPDATE SET
        times = ARRAY(SELECT t FROM unnest(r.times) AS t WHERE t > :at - interval '1 minute') || excluded.times
    WHERE (SELECT count(*) FROM unnest(r.times) AS t WHERE t > :at - interval '1 minute')
        + cardinality(excluded.times) <= :per_minute
    RETURNING team
), room_to_ask AS (
    SELECT FROM asked
),
"""

# It does not wait for the disk: the row of the call that it is held for does, and takes it along.
# Several reservations of the same lines are held together or not at all; `amounts` and `caps` are of their sums.
# Nothing is locked where a counter is missing, so that creating them cannot meet another's locks, nor where
# the limits have changed since `version`.
_RESERVE = """
WITH wanted AS MATERIALIZED (
    SELECT w.*, set_config('synchronous_commit', 'off', true) FROM unnest(
        CAST(:scopes AS text[]), CAST(:periods AS date[]), CAST(:units AS text[]),
        CAST(:amounts AS bigint[]), CAST(:caps AS bigint[])
    ) AS w (scope, period, unit, amount, cap)
), limits_now AS MATERIALIZED (
    SELECT coalesce((SELECT version FROM limit_versions WHERE team = :team), 0) AS version
), counters AS (
    SELECT count(*) = cardinality(CAST(:scopes AS text[]))
        AND coalesce((SELECT version FROM limits_now) = CAST(:version AS bigint), true) AS complete
    FROM budget_counters JOIN wanted USING (scope, period, unit)
), locked AS MATERIALIZED (
    SELECT c.scope, c.period, c.unit, w.amount, c.spent + c.reserved + w.amount <= w.cap + c.bonus AS fits
    FROM budget_counters AS c JOIN wanted AS w USING (scope, period, unit)
    WHERE (SELECT complete FROM counters)
    ORDER BY c.scope, c.period, c.unit
    FOR NO KEY UPDATE OF c
), room AS MATERIALIZED (
    SELECT WHERE (SELECT count(*) FROM locked WHERE fits) = cardinality(CAST(:scopes AS text[]))
), {counted} held AS (
    INSERT INTO reservations (id, user_id, lines)
    SELECT r.id, :user, r.lines::jsonb
    FROM {enough}, unnest(CAST(:reservations AS uuid[]), CAST(:lines AS text[])) AS r (id, lines)
    ON CONFLICT DO NOTHING
    RETURNING id, lines
), line AS (
    SELECT l.scope, l.period, l.unit, sum(l.amount)::bigint AS amount
    FROM held, jsonb_to_recordset(held.lines) AS l (scope text, period date, unit text, amount bigint)
    GROUP BY l.scope, l.period, l.unit
), moved AS (
    UPDATE budget_counters AS c SET reserved = c.reserved + line.amount FROM line
    WHERE c.scope = line.scope AND c.period = line.period AND c.unit = line.unit
)
SELECT w.scope, w.period, w.unit, l.fits, limits_now.version, (SELECT array_agg(id) FROM held) AS held
FROM limits_now, wanted AS w LEFT JOIN locked AS l USING (scope, period, unit)
"""
RESERVE = text(_RESERVE.format(counted="", enough="room"))
RESERVE_COUNTED = text(_RESERVE.format(counted=_COUNTED, enough="room_to_ask"))

COUNTERS = """
unnest(
    CAST(:scopes AS text[]), CAST(:periods AS date[]), CAST(:units AS text[]), CAST(:untils AS date[]),
    CAST(:teams AS text[]), CAST(:users AS text[]), CAST(:channels AS text[])
) WITH ORDINALITY AS w (scope, period, unit, until, team, user_id, channel, place)
"""
LOGGED = """
coalesce((
    SELECT CASE w.unit WHEN 'tokens' THEN sum(u.tokens_in + u.tokens_out) ELSE ceil(sum(u.cost) * 1000000) END
    FROM usage_daily AS u
    WHERE u.team = w.team AND u.day >= w.period AND u.day < w.until
        AND (w.user_id = '' OR u.user_id = w.user_id) AND (w.channel = '' OR u.channel = w.channel)
), 0)::bigint
"""
CREATE_COUNTERS = text(f"""
INSERT INTO budget_counters (scope, period, unit, spent)
SELECT w.scope, w.period, w.unit, {LOGGED} FROM {COUNTERS}
ORDER BY w.scope, w.period, w.unit
ON CONFLICT DO NOTHING
""")  # noqa: S608 - parts of our own

GONE = """
gone AS (
    DELETE FROM reservations
    WHERE id = ANY(CAST(:reservations AS uuid[])) AND (:started OR NOT started)
    RETURNING user_id, lines
), line AS MATERIALIZED (
    SELECT scope, period, unit, sum(amount)::bigint AS amount, min(warn_at) AS warn_at, max(user_id) AS user_id,
        CASE WHEN :whole THEN sum(amount)::bigint
            ELSE coalesce((CAST(:spent AS jsonb) ->> unit)::bigint, 0) END AS spent
    FROM gone, jsonb_to_recordset(gone.lines)
        AS l (scope text, period date, unit text, amount bigint, warn_at bigint)
    GROUP BY scope, period, unit
), locked AS MATERIALIZED (
    SELECT c.scope, c.period, c.unit, line.amount, line.spent, line.user_id,
        c.warn_user IS NULL AND line.user_id <> '' AND line.spent > 0
        AND c.spent + line.spent >= line.warn_at + c.bonus * 8 / 10 AS warns
    FROM budget_counters AS c JOIN line USING (scope, period, unit)
    ORDER BY c.scope, c.period, c.unit
    FOR NO KEY UPDATE OF c
), moved AS (
    UPDATE budget_counters AS c SET
        reserved = c.reserved - l.amount,
        spent = c.spent + l.spent,
        warn_user = CASE WHEN l.warns THEN l.user_id ELSE c.warn_user END
    FROM locked AS l
    WHERE c.scope = l.scope AND c.period = l.period AND c.unit = l.unit
)
"""
GIVE_BACK = text(f"WITH {GONE} SELECT count(*) FROM gone").bindparams(  # noqa: S608 - parts of our own
    bindparam("spent", type_=JSONB)
)


def counters(lines: Sequence[BudgetLine]) -> dict[str, list[Any]]:
    """The parameters of COUNTERS: each counter, and what of the log it counts."""
    scopes = [scope_of(line.scope) for line in lines]
    return {
        "scopes": [line.scope for line in lines],
        "periods": [line.period for line in lines],
        "units": [line.unit for line in lines],
        "untils": [scope.until(line.period) for scope, line in zip(scopes, lines, strict=True)],
        "teams": [scope.team for scope in scopes],
        "users": [scope.subject if scope.kind == "user" else "" for scope in scopes],
        "channels": [scope.subject if scope.kind == "channel" else "" for scope in scopes],
    }
