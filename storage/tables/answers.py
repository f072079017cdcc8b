"""Answers that can be given again. Their text is the message's: it goes with it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, Text

from storage.tables.base import DOLLARS, MOMENT, metadata

prompt_cache = Table(
    "prompt_cache",
    metadata,
    Column("key", LargeBinary, primary_key=True, comment="SHA-256 over team, model, parameters and context"),
    Column("message_id", ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("cost", DOLLARS, comment="US dollars; null: the price is unknown"),
    Column("at", MOMENT, nullable=False, comment="when its call began"),
)
Index("ix_prompt_cache_message", prompt_cache.c.message_id)
