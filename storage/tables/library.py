"""Items of the library, where they were shared, what is said in them, and who is in which channel."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Double,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from services.entities.library import ChannelMode, ContentState, PartState, Stage
from storage.folded import ANY, FOLDED
from storage.tables.base import EMPTY_LIST, EMPTY_TEXT, FALSE, MOMENT, ZERO, is_any, kind, metadata

NOTHING = text("'{}'::text[]")

contents = Table(
    "contents",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("team", Text, nullable=False),
    Column("short", Text, nullable=False, comment="what people type"),
    Column("user_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    *kind("state", ContentState, ContentState.OPEN),
    *kind("stage", Stage, Stage.RECEIVED),
    Column("reason", Text),
    Column("wake_at", MOMENT, comment="when what waits is tried again"),
    Column("attempts", Integer, nullable=False, server_default=ZERO),
    Column("worker", Text),
    Column("lease_until", MOMENT),
    Column("stop_requested", Boolean, nullable=False, server_default=FALSE),
    Column("kind", Text),
    Column("size", BigInteger, nullable=False, server_default=ZERO),
    Column("sha256", Text),
    Column("object_key", Text),
    Column("poster_key", Text),
    Column("poster_file", Text, comment="the poster as a file in Slack"),
    Column("sheet_key", Text),
    Column("probe", JSONB),
    Column("language", Text),
    Column("summary", Text, nullable=False, server_default=EMPTY_TEXT),
    Column("topics", JSONB, nullable=False, server_default=EMPTY_LIST),
    Column("chapters", JSONB, nullable=False, server_default=EMPTY_LIST),
    Column("tags", ARRAY(Text), nullable=False, server_default=NOTHING),
    Column("created_at", MOMENT, nullable=False),
    Column("deleted_at", MOMENT),
    UniqueConstraint("team", "short"),
)
content_is_open = is_any(contents.c.state, [ContentState.OPEN, ContentState.WAITING])
Index("ix_contents_open", contents.c.created_at, postgresql_where=content_is_open)
Index("ix_contents_newest", contents.c.team, contents.c.created_at)
Index(
    "uq_contents_bytes",
    contents.c.team,
    contents.c.sha256,
    unique=True,
    postgresql_where=contents.c.deleted_at.is_(None) & contents.c.object_key.is_not(None),
)
Index("ix_contents_deleted", contents.c.deleted_at, postgresql_where=contents.c.deleted_at.is_not(None))

content_channels = Table(
    "content_channels",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("content_id", ForeignKey("contents.id", ondelete="CASCADE"), nullable=False),
    Column("team", Text, nullable=False),
    Column("audience", Text, nullable=False, comment="a channel; of what is one person's own, the person"),
    Column("channel", Text, nullable=False),
    Column("thread_ts", Text),
    Column("user_id", Text, nullable=False),
    Column("file", JSONB),
    Column("file_id", Text),
    Column("beside", JSONB),
    Column("at", MOMENT, nullable=False),
    UniqueConstraint("team", "file_id", "audience"),
)
Index("ix_content_channels_content", content_channels.c.content_id, content_channels.c.audience)
Index("ix_content_channels_audience", content_channels.c.team, content_channels.c.audience)

transcript_segments = Table(
    "transcript_segments",
    metadata,
    Column("content_id", ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("start_at", Double, comment="seconds; null: written, not said"),
    Column("end_at", Double),
    Column("page", Integer),
    Column("speaker", Text),
    Column("text", Text, nullable=False),
    Column(
        "tsv", TSVECTOR, Computed("to_tsvector('simple'::regconfig, text)", persisted=True), nullable=False
    ),
)
Index("ix_transcript_segments_tsv", transcript_segments.c.tsv, postgresql_using="gin")
Index(
    "ix_transcript_segments_folded",
    literal_column(f"to_tsvector('simple'::regconfig, {FOLDED})"),
    postgresql_using="gin",
    postgresql_where=text(ANY),
    _table=transcript_segments,
)

content_parts = Table(
    "content_parts",
    metadata,
    Column("content_id", ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, comment="-1: the summary"),
    Column("start_at", Double, nullable=False),
    Column("end_at", Double, nullable=False),
    *kind("state", PartState, PartState.OPEN),
    Column("call_id", Uuid),
)

memberships = Table(
    "memberships",
    metadata,
    Column("team", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("channels", ARRAY(Text), nullable=False, server_default=NOTHING),
    Column("read_at", MOMENT, comment="null: to be asked again"),
    Column("changes", Integer, nullable=False, server_default=ZERO),
)

library_channels = Table(
    "library_channels",
    metadata,
    Column("team", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    *kind("mode", ChannelMode),
    Column("user_id", Text, nullable=False),
    Column("at", MOMENT, nullable=False, server_default=func.now()),
)
