"""Every table of ours. Enum-like columns are text under a check: a type would survive a downgrade."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.entities import Author, CallOutcome, ConversationMode, Role, Source, TurnState

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

RUNNING_STATES = (TurnState.RUNNING, TurnState.DELIVERING)
OPEN_STATES = (TurnState.WAITING, *RUNNING_STATES)
OPEN_OUTCOMES = (CallOutcome.STARTED, CallOutcome.UNCERTAIN)
POST_KINDS = ("stream", "post", "ephemeral", "question")

_moment = DateTime(timezone=True)
_dollars = Numeric(14, 8)
_empty_text = text("''")
_empty_list = text("'[]'::jsonb")
_empty_object = text("'{}'::jsonb")
_zero = text("0")
_false = text("false")


def is_any(column: Column[str], values: Iterable[str]) -> ColumnElement[bool]:
    """`column` is one of `values`, written out: a parameter could not be matched to a partial index."""
    return column.in_([literal_column(f"'{value}'") for value in values])


def _one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _kind(
    column: str, of: type[StrEnum], default: StrEnum | None = None
) -> tuple[Column[str], CheckConstraint]:
    shown = None if default is None else text(f"'{default}'")
    return Column(column, Text, nullable=False, server_default=shown), _one_of(column, of)


users = Table(
    "users",
    metadata,
    Column("team", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("name", Text, nullable=False, server_default=_empty_text),
    Column("timezone", Text, nullable=False, server_default=text("'UTC'")),
    Column("is_bot", Boolean, nullable=False, server_default=_false),
    Column("is_guest", Boolean, nullable=False, server_default=_false),
    Column("is_admin", Boolean, nullable=False, server_default=_false),
    Column("is_deleted", Boolean, nullable=False, server_default=_false),
    *_kind("role", Role, Role.MEMBER),
    Column("settings", JSONB, nullable=False, server_default=_empty_object),
    Column("read_at", _moment, comment="when Slack last told us; null: never"),
)

slack_events = Table(
    "slack_events",
    metadata,
    Column("team", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", _moment, nullable=False, server_default=func.now()),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("team", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("channel_kind", Text, nullable=False),
    Column("thread_ts", Text),
    *_kind("mode", ConversationMode, ConversationMode.FOLLOW),
    Column("summary", Text, nullable=False, server_default=_empty_text),
    Column("summary_until", _moment),
    Column("pinned", Text, nullable=False, server_default=_empty_text),
    Column("history_read", Boolean, nullable=False, server_default=_false),
    Column("warned_full", Boolean, nullable=False, server_default=_false),
    Column("heard_at", _moment, nullable=False, comment="of the last message heard"),
    UniqueConstraint("team", "channel", "thread_ts"),
)

followers = Table(
    "followers",
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Text, primary_key=True),
)

turns = Table(
    "turns",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("team", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    *_kind("source", Source),
    *_kind("state", TurnState, TurnState.WAITING),
    Column("created_at", _moment, nullable=False),
    Column("started_at", _moment, comment="when it was last taken out of waiting"),
    Column("model", Text),
    Column("about", Text),
    Column("is_bot", Boolean, nullable=False, server_default=_false),
    Column("stop_requested", Boolean, nullable=False, server_default=_false),
    Column("attempts", Integer, nullable=False, server_default=_zero),
    Column("worker", Text),
    Column("lease_until", _moment),
    Column("merged_into", ForeignKey("turns.id", ondelete="SET NULL")),
    Column("error", Text),
    UniqueConstraint("team", "channel", "key"),
)
turn_is_waiting = is_any(turns.c.state, [TurnState.WAITING])
turn_is_running = is_any(turns.c.state, RUNNING_STATES)
turn_is_open = is_any(turns.c.state, OPEN_STATES)
# Few turns are open at a time: this one small index finds the waiting ones and the leases that are over.
Index("ix_turns_open", turns.c.conversation_id, turns.c.created_at, postgresql_where=turn_is_open)
Index("ix_turns_started", turns.c.conversation_id, turns.c.started_at)
Index("ix_turns_asker", turns.c.team, turns.c.user_id, turns.c.created_at)
Index("ix_turns_merged", turns.c.merged_into, postgresql_where=turns.c.merged_into.is_not(None))

messages = Table(
    "messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("team", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("ts", Text),
    *_kind("author", Author),
    Column("user_id", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", _moment, nullable=False),
    Column("turn_id", ForeignKey("turns.id", ondelete="SET NULL")),
    Column("files", JSONB, nullable=False, server_default=_empty_list),
    Column("tokens", Integer, nullable=False, server_default=_zero),
    Column("deleted", Boolean, nullable=False, server_default=_false),
    UniqueConstraint("team", "channel", "ts"),  # a ts is unique in its channel, so also in its conversation
)
message_is_ours = is_any(messages.c.author, [Author.US])
Index("ix_messages_told", messages.c.conversation_id, messages.c.at)
Index("ix_messages_turn", messages.c.turn_id, postgresql_where=messages.c.turn_id.is_not(None))
Index("uq_messages_answer", messages.c.turn_id, unique=True, postgresql_where=message_is_ours)

ai_calls = Table(
    "ai_calls",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("team", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("started_at", _moment, nullable=False),
    Column("turn_id", ForeignKey("turns.id", ondelete="SET NULL")),
    *_kind("outcome", CallOutcome, CallOutcome.STARTED),
    Column("tokens_in", BigInteger, nullable=False, server_default=_zero),
    Column("cached_read", BigInteger, nullable=False, server_default=_zero),
    Column("cached_write", BigInteger, nullable=False, server_default=_zero),
    Column("tokens_out", BigInteger, nullable=False, server_default=_zero),
    Column("estimated", Boolean, nullable=False, server_default=_false),
    Column("cost", _dollars, comment="US dollars; null: the price is unknown"),
    Column("latency_ms", Integer),
    Column("first_token_ms", Integer),
    Column("error", Text),
    Column("request_id", Text),
)
Index("ix_ai_calls_turn", ai_calls.c.turn_id, postgresql_where=ai_calls.c.turn_id.is_not(None))
Index("ix_ai_calls_user", ai_calls.c.team, ai_calls.c.user_id, ai_calls.c.started_at)

usage_daily = Table(
    "usage_daily",
    metadata,
    Column("team", Text, primary_key=True),
    Column("day", Date, primary_key=True, comment="UTC"),
    Column("user_id", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("provider", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("calls", BigInteger, nullable=False),
    Column("tokens_in", BigInteger, nullable=False),
    Column("cached_read", BigInteger, nullable=False),
    Column("cached_write", BigInteger, nullable=False),
    Column("tokens_out", BigInteger, nullable=False),
    Column("cost", _dollars, nullable=False),
    Column("unpriced", BigInteger, nullable=False, comment="calls that used tokens at an unknown price"),
)

budget_counters = Table(
    "budget_counters",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("period", Date, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("spent", BigInteger, nullable=False, server_default=_zero),
    Column("reserved", BigInteger, nullable=False, server_default=_zero),
)

reservations = Table(
    "reservations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", _moment, nullable=False, server_default=func.now()),
    Column("started", Boolean, nullable=False, server_default=_false),
    Column("lines", JSONB, nullable=False, comment="[{scope, period, unit, amount}]"),
)
Index("ix_reservations_unstarted", reservations.c.at, postgresql_where=~reservations.c.started)

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
    Column("at", _moment, nullable=False),
    Column("ts", Text),
    Column("sealed", Boolean, nullable=False, server_default=_false),
    Column("length", Integer, nullable=False, server_default=_zero),
    _one_of("kind", POST_KINDS),
)
Index("ix_posts_turn", posts.c.turn_id, posts.c.part)
Index("ix_posts_ts", posts.c.team, posts.c.channel, posts.c.ts, postgresql_where=posts.c.ts.is_not(None))

feedback = Table(
    "feedback",
    metadata,
    Column("turn_id", ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True),
    Column("team", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("good", Boolean, nullable=False),
    Column("at", _moment, nullable=False),
)

rate_buckets = Table(
    "rate_buckets",
    metadata,
    Column("team", Text, primary_key=True),
    Column("method", Text, primary_key=True),
    Column("channel", Text, primary_key=True, comment="empty: the whole workspace"),
    Column("tokens", Float, nullable=False),
    Column("at", _moment, nullable=False),
    Column("blocked_until", _moment),
)

file_texts = Table(
    "file_texts",
    metadata,
    Column("team", Text, primary_key=True),
    Column("file_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", _moment, nullable=False),
)

schedule_ticks = Table(
    "schedule_ticks",
    metadata,
    Column("job", Text, primary_key=True),
    Column("fire_at", _moment, primary_key=True),
)
