"""The ground: people, the inbox, conversations and turns, the ledger and budgets, posts."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

_TABLES = """
CREATE TABLE users (
    team TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT DEFAULT '' NOT NULL,
    timezone TEXT DEFAULT 'UTC' NOT NULL,
    is_bot BOOLEAN DEFAULT false NOT NULL,
    is_guest BOOLEAN DEFAULT false NOT NULL,
    is_admin BOOLEAN DEFAULT false NOT NULL,
    is_deleted BOOLEAN DEFAULT false NOT NULL,
    role TEXT DEFAULT 'member' NOT NULL,
    settings JSONB DEFAULT '{}'::jsonb NOT NULL,
    read_at TIMESTAMPTZ,
    CONSTRAINT pk_users PRIMARY KEY (team, user_id),
    CONSTRAINT ck_users_role CHECK (role IN ('owner', 'admin', 'member', 'guest', 'blocked'))
);
COMMENT ON COLUMN users.read_at IS 'when Slack last told us; null: never';
CREATE TABLE slack_events (
    team TEXT NOT NULL,
    event_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    at TIMESTAMPTZ DEFAULT now() NOT NULL,
    CONSTRAINT pk_slack_events PRIMARY KEY (team, event_id)
);
CREATE TABLE conversations (
    id UUID NOT NULL,
    team TEXT NOT NULL,
    channel TEXT NOT NULL,
    channel_kind TEXT NOT NULL,
    thread_ts TEXT,
    mode TEXT DEFAULT 'follow' NOT NULL,
    summary TEXT DEFAULT '' NOT NULL,
    summary_until TIMESTAMPTZ,
    pinned TEXT DEFAULT '' NOT NULL,
    history_read BOOLEAN DEFAULT false NOT NULL,
    warned_full BOOLEAN DEFAULT false NOT NULL,
    heard_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_conversations PRIMARY KEY (id),
    CONSTRAINT ck_conversations_mode CHECK (mode IN ('follow', 'mentioned')),
    CONSTRAINT uq_conversations_team_channel_thread_ts UNIQUE (team, channel, thread_ts)
);
COMMENT ON COLUMN conversations.heard_at IS 'of the last message heard';
CREATE TABLE followers (
    conversation_id UUID NOT NULL,
    user_id TEXT NOT NULL,
    CONSTRAINT pk_followers PRIMARY KEY (conversation_id, user_id),
    CONSTRAINT fk_followers_conversation_id FOREIGN KEY (conversation_id)
        REFERENCES conversations (id) ON DELETE CASCADE
);
CREATE TABLE turns (
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    team TEXT NOT NULL,
    channel TEXT NOT NULL,
    key TEXT NOT NULL,
    user_id TEXT NOT NULL,
    source TEXT NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    started_at TIMESTAMPTZ,
    model TEXT,
    about TEXT,
    is_bot BOOLEAN DEFAULT false NOT NULL,
    stop_requested BOOLEAN DEFAULT false NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    worker TEXT,
    lease_until TIMESTAMPTZ,
    merged_into UUID,
    error TEXT,
    CONSTRAINT pk_turns PRIMARY KEY (id),
    CONSTRAINT ck_turns_source CHECK (source IN (
        'mention', 'direct', 'thread', 'ask', 'shortcut', 'again', 'continue'
    )),
    CONSTRAINT ck_turns_state CHECK (state IN (
        'waiting', 'running', 'delivering', 'answered', 'partial', 'failed', 'refused',
        'uncertain', 'cancelled', 'merged'
    )),
    CONSTRAINT uq_turns_team_channel_key UNIQUE (team, channel, key),
    CONSTRAINT fk_turns_conversation_id FOREIGN KEY (conversation_id)
        REFERENCES conversations (id) ON DELETE CASCADE,
    CONSTRAINT fk_turns_merged_into FOREIGN KEY (merged_into) REFERENCES turns (id) ON DELETE SET NULL
);
CREATE INDEX ix_turns_asker ON turns (team, user_id, created_at);
CREATE INDEX ix_turns_merged ON turns (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX ix_turns_open ON turns (conversation_id, created_at)
    WHERE state IN ('waiting', 'running', 'delivering');
CREATE INDEX ix_turns_started ON turns (conversation_id, started_at);
COMMENT ON COLUMN turns.started_at IS 'when it was last taken out of waiting';
CREATE TABLE messages (
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    team TEXT NOT NULL,
    channel TEXT NOT NULL,
    ts TEXT,
    author TEXT NOT NULL,
    user_id TEXT NOT NULL,
    text TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    turn_id UUID,
    files JSONB DEFAULT '[]'::jsonb NOT NULL,
    tokens INTEGER DEFAULT 0 NOT NULL,
    deleted BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_messages PRIMARY KEY (id),
    CONSTRAINT ck_messages_author CHECK (author IN ('person', 'bot', 'us')),
    CONSTRAINT uq_messages_team_channel_ts UNIQUE (team, channel, ts),
    CONSTRAINT fk_messages_conversation_id FOREIGN KEY (conversation_id)
        REFERENCES conversations (id) ON DELETE CASCADE,
    CONSTRAINT fk_messages_turn_id FOREIGN KEY (turn_id) REFERENCES turns (id) ON DELETE SET NULL
);
CREATE INDEX ix_messages_told ON messages (conversation_id, at);
CREATE INDEX ix_messages_turn ON messages (turn_id) WHERE turn_id IS NOT NULL;
CREATE UNIQUE INDEX uq_messages_answer ON messages (turn_id) WHERE author IN ('us');
CREATE TABLE ai_calls (
    id UUID NOT NULL,
    team TEXT NOT NULL,
    user_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    purpose TEXT NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    turn_id UUID,
    outcome TEXT DEFAULT 'started' NOT NULL,
    tokens_in BIGINT DEFAULT 0 NOT NULL,
    cached_read BIGINT DEFAULT 0 NOT NULL,
    cached_write BIGINT DEFAULT 0 NOT NULL,
    tokens_out BIGINT DEFAULT 0 NOT NULL,
    estimated BOOLEAN DEFAULT false NOT NULL,
    cost NUMERIC(14, 8),
    latency_ms INTEGER,
    first_token_ms INTEGER,
    error TEXT,
    request_id TEXT,
    CONSTRAINT pk_ai_calls PRIMARY KEY (id),
    CONSTRAINT ck_ai_calls_outcome CHECK (outcome IN (
        'started', 'answered', 'partial', 'stopped', 'failed', 'uncertain', 'released'
    )),
    CONSTRAINT fk_ai_calls_turn_id FOREIGN KEY (turn_id) REFERENCES turns (id) ON DELETE SET NULL
);
CREATE INDEX ix_ai_calls_turn ON ai_calls (turn_id) WHERE turn_id IS NOT NULL;
CREATE INDEX ix_ai_calls_user ON ai_calls (team, user_id, started_at);
COMMENT ON COLUMN ai_calls.cost IS 'US dollars; null: the price is unknown';
CREATE TABLE usage_daily (
    team TEXT NOT NULL,
    day DATE NOT NULL,
    user_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    purpose TEXT NOT NULL,
    calls BIGINT NOT NULL,
    tokens_in BIGINT NOT NULL,
    cached_read BIGINT NOT NULL,
    cached_write BIGINT NOT NULL,
    tokens_out BIGINT NOT NULL,
    cost NUMERIC(14, 8) NOT NULL,
    unpriced BIGINT NOT NULL,
    CONSTRAINT pk_usage_daily PRIMARY KEY (team, day, user_id, channel, provider, model, purpose)
);
COMMENT ON COLUMN usage_daily.day IS 'UTC';
COMMENT ON COLUMN usage_daily.unpriced IS 'calls that used tokens at an unknown price';
CREATE TABLE budget_counters (
    scope TEXT NOT NULL,
    period DATE NOT NULL,
    unit TEXT NOT NULL,
    spent BIGINT DEFAULT 0 NOT NULL,
    reserved BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_budget_counters PRIMARY KEY (scope, period, unit)
);
CREATE TABLE reservations (
    id UUID NOT NULL,
    at TIMESTAMPTZ DEFAULT now() NOT NULL,
    started BOOLEAN DEFAULT false NOT NULL,
    lines JSONB NOT NULL,
    CONSTRAINT pk_reservations PRIMARY KEY (id)
);
CREATE INDEX ix_reservations_unstarted ON reservations (at) WHERE NOT started;
COMMENT ON COLUMN reservations.lines IS '[{scope, period, unit, amount}]';
CREATE TABLE posts (
    id UUID NOT NULL,
    turn_id UUID,
    part INTEGER NOT NULL,
    kind TEXT NOT NULL,
    team TEXT NOT NULL,
    channel TEXT NOT NULL,
    thread_ts TEXT,
    at TIMESTAMPTZ NOT NULL,
    ts TEXT,
    sealed BOOLEAN DEFAULT false NOT NULL,
    length INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_posts PRIMARY KEY (id),
    CONSTRAINT ck_posts_kind CHECK (kind IN ('stream', 'post', 'ephemeral', 'question')),
    CONSTRAINT fk_posts_turn_id FOREIGN KEY (turn_id) REFERENCES turns (id) ON DELETE CASCADE
);
CREATE INDEX ix_posts_ts ON posts (team, channel, ts) WHERE ts IS NOT NULL;
CREATE INDEX ix_posts_turn ON posts (turn_id, part);
CREATE TABLE feedback (
    turn_id UUID NOT NULL,
    team TEXT NOT NULL,
    user_id TEXT NOT NULL,
    good BOOLEAN NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_feedback PRIMARY KEY (turn_id, team, user_id),
    CONSTRAINT fk_feedback_turn_id FOREIGN KEY (turn_id) REFERENCES turns (id) ON DELETE CASCADE
);
CREATE TABLE rate_buckets (
    team TEXT NOT NULL,
    method TEXT NOT NULL,
    channel TEXT NOT NULL,
    tokens FLOAT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    blocked_until TIMESTAMPTZ,
    CONSTRAINT pk_rate_buckets PRIMARY KEY (team, method, channel)
);
COMMENT ON COLUMN rate_buckets.channel IS 'empty: the whole workspace';
CREATE TABLE file_texts (
    team TEXT NOT NULL,
    file_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_file_texts PRIMARY KEY (team, file_id)
);
CREATE TABLE schedule_ticks (
    job TEXT NOT NULL,
    fire_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_schedule_ticks PRIMARY KEY (job, fire_at)
)
"""

_DROPPED = (
    "schedule_ticks",
    "file_texts",
    "rate_buckets",
    "feedback",
    "posts",
    "reservations",
    "budget_counters",
    "usage_daily",
    "ai_calls",
    "messages",
    "turns",
    "followers",
    "conversations",
    "slack_events",
    "users",
)


def upgrade() -> None:
    for statement in _TABLES.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    for table in _DROPPED:
        op.drop_table(table)
