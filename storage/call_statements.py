"""The statements that do several things at once, each in one round trip.

Parts of one statement share a snapshot: none sees the rows another has written, except through RETURNING.
Rows that are locked or met in a conflict are always the newest.
"""

from __future__ import annotations

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

# The hot rollup row is locked last and only until commit. Parameters that are null keep what is stored.
CLOSE_CALL = text("""
WITH done AS (
    UPDATE ai_calls SET
        outcome = :outcome,
        tokens_in = coalesce(:tokens_in, tokens_in),
        cached_read = coalesce(:cached_read, cached_read),
        cached_write = coalesce(:cached_write, cached_write),
        tokens_out = coalesce(:tokens_out, tokens_out),
        estimated = coalesce(:estimated, estimated),
        cost = coalesce(:cost, cost),
        latency_ms = coalesce(:latency_ms, latency_ms),
        first_token_ms = coalesce(:first_token_ms, first_token_ms),
        error = coalesce(:error, error),
        request_id = coalesce(:request_id, request_id)
    WHERE id = :call AND outcome IN ('started', 'uncertain')
    RETURNING *
)
INSERT INTO usage_daily AS total
    (team, day, user_id, channel, provider, model, purpose,
     calls, tokens_in, cached_read, cached_write, tokens_out, cost, unpriced)
SELECT team, (started_at AT TIME ZONE 'UTC')::date, user_id, channel, provider, model, purpose,
    1, tokens_in, cached_read, cached_write, tokens_out, coalesce(cost, 0),
    (cost IS NULL AND tokens_in + tokens_out > 0)::int
FROM done WHERE outcome NOT IN ('started', 'uncertain')
ON CONFLICT (team, day, user_id, channel, provider, model, purpose) DO UPDATE SET
    calls = total.calls + excluded.calls,
    tokens_in = total.tokens_in + excluded.tokens_in,
    cached_read = total.cached_read + excluded.cached_read,
    cached_write = total.cached_write + excluded.cached_write,
    tokens_out = total.tokens_out + excluded.tokens_out,
    cost = total.cost + excluded.cost,
    unpriced = total.unpriced + excluded.unpriced
""")

# No row: a counter is missing. Nothing is locked then, so that creating them cannot meet another's locks.
RESERVE = text("""
WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(
        CAST(:scopes AS text[]), CAST(:periods AS date[]), CAST(:units AS text[]),
        CAST(:amounts AS bigint[]), CAST(:caps AS bigint[])
    ) AS w (scope, period, unit, amount, cap)
), counters AS (
    SELECT count(*) = cardinality(CAST(:scopes AS text[])) AS complete
    FROM budget_counters JOIN wanted USING (scope, period, unit)
), locked AS MATERIALIZED (
    SELECT c.scope, c.period, c.unit, w.amount, c.spent + c.reserved + w.amount <= w.cap AS fits
    FROM budget_counters AS c JOIN wanted AS w USING (scope, period, unit)
    WHERE (SELECT complete FROM counters)
    ORDER BY c.scope, c.period, c.unit
    FOR NO KEY UPDATE OF c
), held AS (
    INSERT INTO reservations (id, lines)
    SELECT :reservation, :lines
    WHERE (SELECT count(*) FROM locked WHERE fits) = cardinality(CAST(:scopes AS text[]))
    ON CONFLICT DO NOTHING
    RETURNING id
), moved AS (
    UPDATE budget_counters AS c SET reserved = c.reserved + l.amount
    FROM locked AS l, held
    WHERE c.scope = l.scope AND c.period = l.period AND c.unit = l.unit
)
SELECT scope, period, unit, fits FROM locked
""").bindparams(bindparam("lines", type_=JSONB))

CREATE_COUNTERS = text("""
INSERT INTO budget_counters (scope, period, unit)
SELECT * FROM unnest(CAST(:scopes AS text[]), CAST(:periods AS date[]), CAST(:units AS text[]))
    AS w (scope, period, unit)
ORDER BY scope, period, unit
ON CONFLICT DO NOTHING
""")

GIVE_BACK = text("""
WITH gone AS (
    DELETE FROM reservations
    WHERE id = ANY(CAST(:reservations AS uuid[])) AND (:started OR NOT started)
    RETURNING lines
), line AS MATERIALIZED (
    SELECT scope, period, unit, sum(amount)::bigint AS amount
    FROM gone, jsonb_to_recordset(gone.lines) AS l (scope text, period date, unit text, amount bigint)
    GROUP BY scope, period, unit
), locked AS MATERIALIZED (
    SELECT c.scope, c.period, c.unit, line.amount
    FROM budget_counters AS c JOIN line USING (scope, period, unit)
    ORDER BY c.scope, c.period, c.unit
    FOR NO KEY UPDATE OF c
), moved AS (
    UPDATE budget_counters AS c SET
        reserved = c.reserved - l.amount,
        spent = c.spent + CASE l.unit
            WHEN :whole THEN l.amount ELSE coalesce((CAST(:spent AS jsonb) ->> l.unit)::bigint, 0)
        END
    FROM locked AS l
    WHERE c.scope = l.scope AND c.period = l.period AND c.unit = l.unit
)
SELECT count(*) FROM gone
""").bindparams(bindparam("spent", type_=JSONB))
