"""The answer cache."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

_UP = """
CREATE TABLE prompt_cache (
    key BYTEA NOT NULL,
    message_id UUID NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    tokens BIGINT NOT NULL,
    cost NUMERIC(14, 8),
    at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_prompt_cache PRIMARY KEY (key),
    CONSTRAINT fk_prompt_cache_message_id FOREIGN KEY (message_id) REFERENCES messages (id) ON DELETE CASCADE
);
COMMENT ON COLUMN prompt_cache.key IS 'SHA-256 over team, model, parameters and context';
COMMENT ON COLUMN prompt_cache.cost IS 'US dollars; null: the price is unknown';
COMMENT ON COLUMN prompt_cache.at IS 'when its call began';
CREATE INDEX ix_prompt_cache_message ON prompt_cache (message_id)
"""


def upgrade() -> None:
    for statement in _UP.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE prompt_cache")
