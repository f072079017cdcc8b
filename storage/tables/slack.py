"""What we keep about Slack: its people, our posts, its rate limits, texts of its files; and the clock's ticks."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from services.entities.people import Role
from storage.tables.base import EMPTY_OBJECT, EMPTY_TEXT, FALSE, MOMENT, ZERO, kind, metadata, one_of

POST_KINDS = ("stream", "post", "ephemeral", "question")

users = Table(
    "users",
    metadata,
    Column("team", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("name", Text, nullable=False, server_default=EMPTY_TEXT),
    Column("timezone", Text, nullable=False, server_default=text("'UTC'")),
    Column("is_bot", Boolean, nullable=False, server_default=FALSE),
    Column("is_guest", Boolean, nullable=False, server_default=FALSE),
    Column("is_admin", Boolean, nullable=False, server_default=FALSE),
    Column("is_deleted", Boolean, nullable=False, server_default=FALSE),
    *kind("role", Role, Role.MEMBER),
    Column("settings", JSONB, nullable=False, server_default=EMPTY_OBJECT),
    Column("read_at", MOMENT, comment="when Slack last told us; null: never"),
)

posts = Table(
    "posts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("turn_id", ForeignKey("turns.id", ondelete="CASCADE")),
    Column("part", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread_ts", Text),
    Column("at", MOMENT, nullable=False),
    Column("ts", Text),
    Column("sealed", Boolean, nullable=False, server_default=FALSE),
    Column("length", Integer, nullable=False, server_default=ZERO),
    Column("held_by", Uuid, comment="who alone may send it, until held_until"),
    Column("held_until", MOMENT),
    one_of("kind", POST_KINDS),
)
Index("ix_posts_turn", posts.c.turn_id, posts.c.part)
Index("ix_posts_ts", posts.c.team, posts.c.channel, posts.c.ts, postgresql_where=posts.c.ts.is_not(None))

rate_buckets = Table(
    "rate_buckets",
    metadata,
    Column("team", Text, primary_key=True),
    Column("method", Text, primary_key=True),
    Column("channel", Text, primary_key=True, comment="empty: the whole workspace"),
    Column("tokens", Float, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("blocked_until", MOMENT),
)

file_texts = Table(
    "file_texts",
    metadata,
    Column("team", Text, primary_key=True),
    Column("file_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
)

schedule_ticks = Table(
    "schedule_ticks",
    metadata,
    Column("job", Text, primary_key=True),
    Column("fire_at", MOMENT, primary_key=True),
)
