"""What models asked for in the calls of a turn that came before its answer."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"

_TABLE = """
CREATE TABLE turn_rounds (
    turn_id UUID NOT NULL,
    number INTEGER NOT NULL,
    call_id UUID NOT NULL,
    text TEXT NOT NULL,
    uses JSONB NOT NULL,
    thoughts JSONB DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT pk_turn_rounds PRIMARY KEY (turn_id, number),
    CONSTRAINT fk_turn_rounds_turn_id FOREIGN KEY (turn_id) REFERENCES turns (id) ON DELETE CASCADE
);
COMMENT ON COLUMN turn_rounds.number IS 'from 1';
COMMENT ON COLUMN turn_rounds.call_id IS 'the call that ended in these uses';
COMMENT ON COLUMN turn_rounds.text IS 'what was said before them';
COMMENT ON COLUMN turn_rounds.uses IS '[{id, name, arguments}]: tools that the model asked for';
COMMENT ON COLUMN turn_rounds.thoughts IS '[{model, content}]'
"""


def upgrade() -> None:
    for statement in _TABLE.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("turn_rounds")
