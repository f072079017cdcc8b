"""Limits and what is counted: days in the desk's zone, what caching saved, who may use how much."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

_UP = """
ALTER TABLE ai_calls
    ADD COLUMN day DATE,
    ADD COLUMN saved NUMERIC(14, 8) DEFAULT 0 NOT NULL,
    ADD COLUMN failover BOOLEAN DEFAULT false NOT NULL,
    ADD COLUMN seconds NUMERIC(14, 3),
    DROP CONSTRAINT ck_ai_calls_outcome,
    ADD CONSTRAINT ck_ai_calls_outcome CHECK (outcome IN (
        'started', 'answered', 'partial', 'stopped', 'failed', 'uncertain', 'released', 'cached'
    ));
UPDATE ai_calls SET day = (started_at AT TIME ZONE 'UTC')::date;
ALTER TABLE ai_calls
    ALTER COLUMN day SET DEFAULT (now() AT TIME ZONE 'UTC')::date,
    ALTER COLUMN day SET NOT NULL;
COMMENT ON COLUMN ai_calls.day IS 'of started_at, in the desk''s zone';
COMMENT ON COLUMN ai_calls.saved IS 'US dollars, by caching';
COMMENT ON COLUMN ai_calls.failover IS 'answered for another model';
COMMENT ON COLUMN ai_calls.seconds IS 'of audio';
ALTER TABLE usage_daily
    ADD COLUMN failed BIGINT DEFAULT 0 NOT NULL,
    ADD COLUMN failovers BIGINT DEFAULT 0 NOT NULL,
    ADD COLUMN hits BIGINT DEFAULT 0 NOT NULL,
    ADD COLUMN saved NUMERIC(14, 8) DEFAULT 0 NOT NULL,
    ADD COLUMN seconds NUMERIC(14, 3) DEFAULT 0 NOT NULL;
UPDATE usage_daily AS total SET failed = log.failed
FROM (
    SELECT team, day, user_id, channel, provider, model, purpose, count(*) AS failed
    FROM ai_calls WHERE outcome = 'failed' GROUP BY team, day, user_id, channel, provider, model, purpose
) AS log
WHERE (total.team, total.day, total.user_id, total.channel, total.provider, total.model, total.purpose)
    = (log.team, log.day, log.user_id, log.channel, log.provider, log.model, log.purpose);
COMMENT ON COLUMN usage_daily.day IS 'in the desk''s zone';
COMMENT ON COLUMN usage_daily.unpriced IS 'calls that used something of unknown price';
COMMENT ON COLUMN usage_daily.hits IS 'calls answered from our store';
CREATE INDEX ix_usage_daily_user ON usage_daily (team, user_id, day);
UPDATE budget_counters SET scope = scope || '/day';
UPDATE reservations SET lines = (
    SELECT coalesce(jsonb_agg(jsonb_set(line, '{scope}', to_jsonb(line ->> 'scope' || '/day'))), '[]'::jsonb)
    FROM jsonb_array_elements(lines) AS line
);
ALTER TABLE budget_counters
    ADD COLUMN bonus BIGINT DEFAULT 0 NOT NULL,
    ADD COLUMN warn_user TEXT,
    ADD COLUMN warned_at TIMESTAMPTZ;
CREATE INDEX ix_budget_counters_to_warn ON budget_counters (scope)
    WHERE warn_user IS NOT NULL AND warned_at IS NULL;
COMMENT ON COLUMN budget_counters.bonus IS 'granted on top of the limit';
COMMENT ON COLUMN budget_counters.warn_user IS 'who made it nearly full, and is to be told';
ALTER TABLE reservations ADD COLUMN user_id TEXT DEFAULT '' NOT NULL;
COMMENT ON COLUMN reservations.lines IS '[{scope, period, unit, amount, warn_at}]';
CREATE TABLE limits (
    team TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    period TEXT NOT NULL,
    unit TEXT NOT NULL,
    cap BIGINT NOT NULL,
    set_by TEXT NOT NULL,
    set_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_limits PRIMARY KEY (team, kind, subject, period, unit),
    CONSTRAINT ck_limits_kind CHECK (kind IN ('person', 'role', 'channel', 'workspace')),
    CONSTRAINT ck_limits_period CHECK (period IN ('day', 'month')),
    CONSTRAINT ck_limits_unit CHECK (unit IN ('tokens', 'microdollars'))
);
COMMENT ON COLUMN limits.subject IS 'a user, a role or a channel; empty: the workspace';
CREATE TABLE limit_versions (
    team TEXT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_limit_versions PRIMARY KEY (team)
);
COMMENT ON TABLE limit_versions IS 'grows with every change of a team''s limits: who remembers them sees it';
CREATE TABLE limit_requests (
    id UUID NOT NULL,
    team TEXT NOT NULL,
    user_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    scope TEXT NOT NULL,
    period DATE NOT NULL,
    unit TEXT NOT NULL,
    turn_id UUID,
    asked_at TIMESTAMPTZ NOT NULL,
    state TEXT DEFAULT 'open' NOT NULL,
    bonus BIGINT DEFAULT 0 NOT NULL,
    decided_by TEXT,
    decided_at TIMESTAMPTZ,
    CONSTRAINT pk_limit_requests PRIMARY KEY (id),
    CONSTRAINT ck_limit_requests_state CHECK (state IN ('open', 'granted', 'declined')),
    CONSTRAINT fk_limit_requests_turn_id FOREIGN KEY (turn_id) REFERENCES turns (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX uq_limit_requests_open ON limit_requests (team, user_id, scope, period, unit)
    WHERE state IN ('open');
CREATE TABLE request_times (
    team TEXT NOT NULL,
    user_id TEXT NOT NULL,
    times TIMESTAMPTZ[] NOT NULL,
    CONSTRAINT pk_request_times PRIMARY KEY (team, user_id)
);
COMMENT ON COLUMN request_times.times IS 'of the requests of the last minute, oldest first'
"""

_DOWN = """
DROP TABLE request_times;
DROP TABLE limit_requests;
DROP TABLE limit_versions;
DROP TABLE limits;
ALTER TABLE reservations DROP COLUMN user_id;
COMMENT ON COLUMN reservations.lines IS '[{scope, period, unit, amount}]';
DROP INDEX ix_budget_counters_to_warn;
ALTER TABLE budget_counters DROP COLUMN bonus, DROP COLUMN warn_user, DROP COLUMN warned_at;
DELETE FROM budget_counters WHERE scope NOT LIKE 'user:%/day';
UPDATE budget_counters SET scope = left(scope, -4);
UPDATE reservations SET lines = (
    SELECT coalesce(jsonb_agg(jsonb_set(line, '{scope}', to_jsonb(left(line ->> 'scope', -4)))), '[]'::jsonb)
    FROM jsonb_array_elements(lines) AS line WHERE line ->> 'scope' LIKE 'user:%/day'
);
DROP INDEX ix_usage_daily_user;
ALTER TABLE usage_daily
    DROP COLUMN failed, DROP COLUMN failovers, DROP COLUMN hits, DROP COLUMN saved, DROP COLUMN seconds;
COMMENT ON COLUMN usage_daily.day IS 'UTC';
COMMENT ON COLUMN usage_daily.unpriced IS 'calls that used tokens at an unknown price';
DELETE FROM ai_calls WHERE outcome = 'cached';
ALTER TABLE ai_calls
    DROP COLUMN day, DROP COLUMN saved, DROP COLUMN failover, DROP COLUMN seconds,
    DROP CONSTRAINT ck_ai_calls_outcome,
    ADD CONSTRAINT ck_ai_calls_outcome CHECK (outcome IN (
        'started', 'answered', 'partial', 'stopped', 'failed', 'uncertain', 'released'
    ))
"""


def upgrade() -> None:
    for statement in _UP.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    for statement in _DOWN.split(";\n"):
        op.execute(statement)
