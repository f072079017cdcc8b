"""Calls that asked for tools: they are paid, and answered nobody yet."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("ALTER TABLE ai_calls ADD COLUMN searched BOOLEAN DEFAULT false NOT NULL")
    op.execute("ALTER TABLE usage_daily ADD COLUMN searches BIGINT DEFAULT 0 NOT NULL")
    op.execute("COMMENT ON COLUMN ai_calls.searched IS 'asked for tools'")
    op.execute("COMMENT ON COLUMN usage_daily.searches IS 'calls that asked for tools'")


def downgrade() -> None:
    op.drop_column("usage_daily", "searches")
    op.drop_column("ai_calls", "searched")
