"""Incidents, check states, digests, pauses; who alone may send a post."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

_TABLES = """
ALTER TABLE posts ADD COLUMN held_by UUID;
ALTER TABLE posts ADD COLUMN held_until TIMESTAMPTZ;
COMMENT ON COLUMN posts.held_by IS 'who alone may send it, until held_until'
"""


def upgrade() -> None:
    for statement in _TABLES.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    op.execute("ALTER TABLE posts DROP COLUMN held_by, DROP COLUMN held_until")
