"""The statements that do several things at once, each in one round trip.

Parts of one statement share a snapshot: none sees the rows another has written, except through RETURNING.
Rows that are locked or met in a conflict are always the newest.
"""

from __future__ import annotations

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from storage.budget_statements import GONE

# The hot rollup row is locked last and only until commit. Parameters that are null keep what is stored.
_HELD = """
held AS MATERIALIZED (
    SELECT id FROM turns
    WHERE id = :turn AND attempts = :attempt AND state IN ('running', 'delivering')
    FOR NO KEY UPDATE
)
"""

# Without an attempt nobody has to hold the turn. Its commit waits for the disk, and takes along the claim and the
# reservation that did not: what it finds here and is lost in a crash is lost with it, before anything is paid.
BEGIN_CALL = text("""
WITH held AS MATERIALIZED (
    SELECT id FROM turns
    WHERE id = :turn_id AND attempts = :attempt AND state IN ('running', 'delivering')
        AND (CAST(:worker AS text) IS NULL OR worker = :worker)
    FOR NO KEY UPDATE
), free AS (
    SELECT WHERE CAST(:attempt AS int) IS NULL OR EXISTS (SELECT FROM held) AND (
        CAST(:reservation AS uuid) IS NULL OR EXISTS (SELECT FROM reservations WHERE id = :reservation)
    )
), start AS (
    UPDATE reservations SET started = true WHERE id = :reservation AND EXISTS (SELECT FROM free)
)
INSERT INTO ai_calls (id, team, user_id, channel, provider, model, purpose, started_at, day, turn_id)
SELECT :id, :team, :user_id, :channel, :provider, :model, :purpose, :started_at, :day, :turn_id FROM free
RETURNING id
""")

_DONE = """
done AS (
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
        request_id = coalesce(:request_id, request_id),
        saved = coalesce(:saved, saved),
        failover = coalesce(:failover, failover),
        seconds = coalesce(:seconds, seconds),
        searched = coalesce(:searched, searched)
    WHERE id = :call AND outcome IN ('started', 'uncertain')
    RETURNING *
)
"""
_ROLL_UP = """
INSERT INTO usage_daily AS total
    (team, day, user_id, channel, provider, model, purpose,
     calls, tokens_in, cached_read, cached_write, tokens_out, cost, unpriced,
     failed, failovers, hits, saved, seconds, searches)
SELECT team, day, user_id, channel, provider, model, purpose,
    1, tokens_in, cached_read, cached_write, tokens_out, coalesce(cost, 0),
    (cost IS NULL AND (tokens_in + tokens_out > 0 OR coalesce(seconds, 0) > 0))::int,
    (outcome = 'failed')::int, failover::int, (outcome = 'cached')::int, saved, coalesce(seconds, 0),
    searched::int
FROM done WHERE outcome NOT IN ('started', 'uncertain')
ON CONFLICT (team, day, user_id, channel, provider, model, purpose) DO UPDATE SET
    calls = total.calls + excluded.calls,
    tokens_in = total.tokens_in + excluded.tokens_in,
    cached_read = total.cached_read + excluded.cached_read,
    cached_write = total.cached_write + excluded.cached_write,
    tokens_out = total.tokens_out + excluded.tokens_out,
    cost = total.cost + excluded.cost,
    unpriced = total.unpriced + excluded.unpriced,
    failed = total.failed + excluded.failed,
    failovers = total.failovers + excluded.failovers,
    hits = total.hits + excluded.hits,
    saved = total.saved + excluded.saved,
    seconds = total.seconds + excluded.seconds,
    searches = total.searches + excluded.searches
"""
CLOSE_CALL = text(f"WITH {_DONE} {_ROLL_UP}")

_ANSWERED = """
delivering AS (
    UPDATE turns SET state = 'delivering', error = NULL FROM held WHERE turns.id = held.id
), answer AS (
    INSERT INTO messages (id, conversation_id, team, channel, ts, author, user_id, text, at, turn_id, tokens)
    SELECT :message, c.id, c.team, c.channel, :ts, 'us', '', :text, :at, :turn, :tokens
    FROM conversations AS c, held WHERE c.id = :conversation
    ON CONFLICT (turn_id) WHERE author IN ('us') DO UPDATE SET
        ts = excluded.ts, text = excluded.text, at = excluded.at, tokens = excluded.tokens
    RETURNING id
), kept AS (
    INSERT INTO prompt_cache (key, message_id, provider, model, tokens, cost, at)
    SELECT CAST(:kept_as AS bytea), answer.id, done.provider, done.model,
        done.tokens_in + done.tokens_out, done.cost, done.started_at
    FROM answer, done WHERE CAST(:kept_as AS bytea) IS NOT NULL
    ON CONFLICT (key) DO UPDATE SET
        message_id = excluded.message_id, tokens = excluded.tokens, cost = excluded.cost, at = excluded.at
)
"""
_KEPT_ROUND = """
kept_round AS (
    INSERT INTO turn_rounds (turn_id, number, call_id, text, uses, thoughts)
    SELECT held.id, :number, :call, :text, :uses, :thoughts FROM held
    ON CONFLICT DO NOTHING
)
"""
_IF_HELD = "EXISTS (SELECT FROM held) AND id ="
_SETTLED = (
    _HELD,
    _DONE.replace("WHERE id =", f"WHERE {_IF_HELD}"),
    f"rolled_up AS ({_ROLL_UP})",
    GONE.replace("WHERE id =", f"WHERE {_IF_HELD}"),
)
STORE_ANSWER = text(f"WITH {', '.join((*_SETTLED, _ANSWERED))} SELECT count(*) FROM held").bindparams(  # noqa: S608 - parts of our own
    bindparam("spent", type_=JSONB)
)
STORE_ROUND = text(f"WITH {', '.join((*_SETTLED, _KEPT_ROUND))} SELECT count(*) FROM held").bindparams(  # noqa: S608 - parts of our own
    bindparam("spent", type_=JSONB), bindparam("uses", type_=JSONB), bindparam("thoughts", type_=JSONB)
)
