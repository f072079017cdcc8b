"""The inbox, conversations, their turns and messages."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.entities.conversations import Author, ConversationMode
from services.entities.turns import Source, TurnState
from storage.tables.base import EMPTY_LIST, EMPTY_TEXT, FALSE, MOMENT, ZERO, is_any, kind, metadata

RUNNING_STATES = (TurnState.RUNNING, TurnState.DELIVERING)
OPEN_STATES = (TurnState.WAITING, *RUNNING_STATES)

slack_events = Table(
    "slack_events",
    metadata,
    Column("team", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", MOMENT, nullable=False, server_default=func.now()),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("team", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("channel_kind", Text, nullable=False),
    Column("thread_ts", Text),
    *kind("mode", ConversationMode, ConversationMode.FOLLOW),
    Column("summary", Text, nullable=False, server_default=EMPTY_TEXT),
    Column("summary_until", MOMENT),
    Column("pinned", Text, nullable=False, server_default=EMPTY_TEXT),
    Column("history_read", Boolean, nullable=False, server_default=FALSE),
    Column("warned_full", Boolean, nullable=False, server_default=FALSE),
    Column("heard_at", MOMENT, nullable=False, comment="of the last message heard"),
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
    *kind("source", Source),
    *kind("state", TurnState, TurnState.WAITING),
    Column("created_at", MOMENT, nullable=False),
    Column("started_at", MOMENT, comment="when it was last taken out of waiting"),
    Column("model", Text),
    Column("about", Text),
    Column("is_bot", Boolean, nullable=False, server_default=FALSE),
    Column("stop_requested", Boolean, nullable=False, server_default=FALSE),
    Column("attempts", Integer, nullable=False, server_default=ZERO),
    Column("worker", Text),
    Column("lease_until", MOMENT),
    Column("merged_into", ForeignKey("turns.id", ondelete="SET NULL")),
    Column("error", Text),
    UniqueConstraint("team", "channel", "key"),
)
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
    *kind("author", Author),
    Column("user_id", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("turn_id", ForeignKey("turns.id", ondelete="SET NULL")),
    Column("files", JSONB, nullable=False, server_default=EMPTY_LIST),
    Column("tokens", Integer, nullable=False, server_default=ZERO),
    Column("deleted", Boolean, nullable=False, server_default=FALSE),
    UniqueConstraint("team", "channel", "ts"),  # a ts is unique in its channel, so also in its conversation
)
message_is_ours = is_any(messages.c.author, [Author.US])
Index("ix_messages_told", messages.c.conversation_id, messages.c.at)
Index("ix_messages_turn", messages.c.turn_id, postgresql_where=messages.c.turn_id.is_not(None))
Index("uq_messages_answer", messages.c.turn_id, unique=True, postgresql_where=message_is_ours)

feedback = Table(
    "feedback",
    metadata,
    Column("turn_id", ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True),
    Column("team", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("good", Boolean, nullable=False),
    Column("at", MOMENT, nullable=False),
)
