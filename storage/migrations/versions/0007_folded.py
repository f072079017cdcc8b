"""Passages with accents, or in a script without spaces, found without them: an index of what they fold to."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

_INDEX = r"""
CREATE INDEX ix_transcript_segments_folded ON transcript_segments USING gin (to_tsvector('simple'::regconfig,
    regexp_replace(regexp_replace(normalize(lower(text), NFD), '[\u0300-\u036f]'::text, ''::text, 'g'::text),
    '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])'::text,
    ' \1 '::text, 'g'::text)))
WHERE text ~ '[^\u0001-\u007f]'
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(_INDEX)


def downgrade() -> None:
    op.drop_index("ix_transcript_segments_folded", "transcript_segments")
