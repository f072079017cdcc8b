"""The content library: items, where they were shared, their passages and calls; who is in which channel."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

_TABLES = """
CREATE TABLE contents (
    id UUID NOT NULL,
    team TEXT NOT NULL,
    short TEXT NOT NULL,
    user_id TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT DEFAULT 'open' NOT NULL,
    stage TEXT DEFAULT 'received' NOT NULL,
    reason TEXT,
    wake_at TIMESTAMPTZ,
    attempts INTEGER DEFAULT 0 NOT NULL,
    worker TEXT,
    lease_until TIMESTAMPTZ,
    stop_requested BOOLEAN DEFAULT false NOT NULL,
    kind TEXT,
    size BIGINT DEFAULT 0 NOT NULL,
    sha256 TEXT,
    object_key TEXT,
    poster_key TEXT,
    sheet_key TEXT,
    probe JSONB,
    language TEXT,
    summary TEXT DEFAULT '' NOT NULL,
    topics JSONB DEFAULT '[]'::jsonb NOT NULL,
    chapters JSONB DEFAULT '[]'::jsonb NOT NULL,
    tags TEXT[] DEFAULT '{}'::text[] NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    deleted_at TIMESTAMPTZ,
    CONSTRAINT pk_contents PRIMARY KEY (id),
    CONSTRAINT ck_contents_state CHECK (
        state IN ('asked', 'open', 'waiting', 'uncertain', 'done', 'refused', 'failed', 'stopped', 'declined', 'merged')
    ),
    CONSTRAINT ck_contents_stage CHECK (stage IN ('received', 'stored', 'transcribed', 'ready')),
    CONSTRAINT uq_contents_team_short UNIQUE (team, short)
);
CREATE INDEX ix_contents_deleted ON contents (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX ix_contents_newest ON contents (team, created_at);
CREATE INDEX ix_contents_open ON contents (created_at) WHERE state IN ('open', 'waiting');
CREATE UNIQUE INDEX uq_contents_bytes ON contents (team, sha256) WHERE deleted_at IS NULL AND object_key IS NOT NULL;
COMMENT ON COLUMN contents.short IS 'what people type';
COMMENT ON COLUMN contents.wake_at IS 'when what waits is tried again';
CREATE TABLE content_channels (
    id UUID NOT NULL,
    content_id UUID NOT NULL,
    team TEXT NOT NULL,
    audience TEXT NOT NULL,
    channel TEXT NOT NULL,
    thread_ts TEXT,
    user_id TEXT NOT NULL,
    file JSONB,
    file_id TEXT,
    beside JSONB,
    at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_content_channels PRIMARY KEY (id),
    CONSTRAINT uq_content_channels_team_file_id_audience UNIQUE (team, file_id, audience),
    CONSTRAINT fk_content_channels_content_id FOREIGN KEY (content_id)
        REFERENCES contents (id) ON DELETE CASCADE
);
CREATE INDEX ix_content_channels_audience ON content_channels (team, audience);
CREATE INDEX ix_content_channels_content ON content_channels (content_id, audience);
COMMENT ON COLUMN content_channels.audience IS 'a channel; of what is one person''s own, the person';
CREATE TABLE transcript_segments (
    content_id UUID NOT NULL,
    number INTEGER NOT NULL,
    start_at DOUBLE PRECISION,
    end_at DOUBLE PRECISION,
    page INTEGER,
    speaker TEXT,
    text TEXT NOT NULL,
    tsv TSVECTOR GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, text)) STORED NOT NULL,
    CONSTRAINT pk_transcript_segments PRIMARY KEY (content_id, number),
    CONSTRAINT fk_transcript_segments_content_id FOREIGN KEY (content_id)
        REFERENCES contents (id) ON DELETE CASCADE
);
CREATE INDEX ix_transcript_segments_tsv ON transcript_segments USING gin (tsv);
COMMENT ON COLUMN transcript_segments.start_at IS 'seconds; null: written, not said';
CREATE TABLE content_parts (
    content_id UUID NOT NULL,
    number INTEGER NOT NULL,
    start_at DOUBLE PRECISION NOT NULL,
    end_at DOUBLE PRECISION NOT NULL,
    state TEXT DEFAULT 'open' NOT NULL,
    call_id UUID,
    CONSTRAINT pk_content_parts PRIMARY KEY (content_id, number),
    CONSTRAINT ck_content_parts_state CHECK (state IN ('open', 'started', 'done', 'uncertain', 'skipped')),
    CONSTRAINT fk_content_parts_content_id FOREIGN KEY (content_id)
        REFERENCES contents (id) ON DELETE CASCADE
);
COMMENT ON COLUMN content_parts.number IS '-1: the summary';
CREATE TABLE memberships (
    team TEXT NOT NULL,
    user_id TEXT NOT NULL,
    channels TEXT[] DEFAULT '{}'::text[] NOT NULL,
    read_at TIMESTAMPTZ,
    changes INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_memberships PRIMARY KEY (team, user_id)
);
COMMENT ON COLUMN memberships.read_at IS 'null: to be asked again';
CREATE TABLE library_channels (
    team TEXT NOT NULL,
    channel TEXT NOT NULL,
    mode TEXT NOT NULL,
    user_id TEXT NOT NULL,
    at TIMESTAMPTZ DEFAULT now() NOT NULL,
    CONSTRAINT pk_library_channels PRIMARY KEY (team, channel),
    CONSTRAINT ck_library_channels_mode CHECK (mode IN ('auto', 'ask', 'off'))
)
"""

_DROPPED = (
    "library_channels",
    "memberships",
    "content_parts",
    "transcript_segments",
    "content_channels",
    "contents",
)


def upgrade() -> None:
    for statement in _TABLES.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    for table in _DROPPED:
        op.drop_table(table)
