"""Where an item's poster is in Slack, for its card."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("ALTER TABLE contents ADD COLUMN poster_file TEXT")
    op.execute("COMMENT ON COLUMN contents.poster_file IS 'the poster as a file in Slack'")


def downgrade() -> None:
    op.drop_column("contents", "poster_file")
