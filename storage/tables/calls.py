"""The ledger of provider calls, its daily rollup, and budgets."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.entities.calls import CallOutcome
from storage.tables.base import DOLLARS, EMPTY_LIST, EMPTY_TEXT, FALSE, MOMENT, ZERO, kind, metadata

UTC_TODAY = text("(now() AT TIME ZONE 'UTC')::date")
SECONDS = Numeric(14, 3)
OPEN_OUTCOMES = (CallOutcome.STARTED, CallOutcome.UNCERTAIN)

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
    Column("started_at", MOMENT, nullable=False),
    Column(
        "day", Date, nullable=False, server_default=UTC_TODAY, comment="of started_at, in the desk's zone"
    ),
    Column("turn_id", ForeignKey("turns.id", ondelete="SET NULL")),
    *kind("outcome", CallOutcome, CallOutcome.STARTED),
    Column("tokens_in", BigInteger, nullable=False, server_default=ZERO),
    Column("cached_read", BigInteger, nullable=False, server_default=ZERO),
    Column("cached_write", BigInteger, nullable=False, server_default=ZERO),
    Column("tokens_out", BigInteger, nullable=False, server_default=ZERO),
    Column("estimated", Boolean, nullable=False, server_default=FALSE),
    Column("cost", DOLLARS, comment="US dollars; null: the price is unknown"),
    Column("latency_ms", Integer),
    Column("first_token_ms", Integer),
    Column("error", Text),
    Column("request_id", Text),
    Column("saved", DOLLARS, nullable=False, server_default=ZERO, comment="US dollars, by caching"),
    Column("failover", Boolean, nullable=False, server_default=FALSE, comment="answered for another model"),
    Column("seconds", SECONDS, comment="of audio"),
    Column("searched", Boolean, nullable=False, server_default=FALSE, comment="asked for tools"),
)
Index("ix_ai_calls_turn", ai_calls.c.turn_id, postgresql_where=ai_calls.c.turn_id.is_not(None))
Index("ix_ai_calls_user", ai_calls.c.team, ai_calls.c.user_id, ai_calls.c.started_at)

turn_rounds = Table(
    "turn_rounds",
    metadata,
    Column("turn_id", ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, comment="from 1"),
    Column("call_id", Uuid, nullable=False, comment="the call that ended in these uses"),
    Column("text", Text, nullable=False, comment="what was said before them"),
    Column("uses", JSONB, nullable=False, comment="[{id, name, arguments}]: tools that the model asked for"),
    Column("thoughts", JSONB, nullable=False, server_default=EMPTY_LIST, comment="[{model, content}]"),
)

usage_daily = Table(
    "usage_daily",
    metadata,
    Column("team", Text, primary_key=True),
    Column("day", Date, primary_key=True, comment="in the desk's zone"),
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
    Column("cost", DOLLARS, nullable=False),
    Column("unpriced", BigInteger, nullable=False, comment="calls that used something of unknown price"),
    Column("failed", BigInteger, nullable=False, server_default=ZERO),
    Column("failovers", BigInteger, nullable=False, server_default=ZERO),
    Column("hits", BigInteger, nullable=False, server_default=ZERO, comment="calls answered from our store"),
    Column("saved", DOLLARS, nullable=False, server_default=ZERO),
    Column("seconds", SECONDS, nullable=False, server_default=ZERO),
    Column("searches", BigInteger, nullable=False, server_default=ZERO, comment="calls that asked for tools"),
)
Index("ix_usage_daily_user", usage_daily.c.team, usage_daily.c.user_id, usage_daily.c.day)

budget_counters = Table(
    "budget_counters",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("period", Date, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("spent", BigInteger, nullable=False, server_default=ZERO),
    Column("reserved", BigInteger, nullable=False, server_default=ZERO),
    Column("bonus", BigInteger, nullable=False, server_default=ZERO, comment="granted on top of the limit"),
    Column("warn_user", Text, comment="who made it nearly full, and is to be told"),
    Column("warned_at", MOMENT),
)
Index(
    "ix_budget_counters_to_warn",
    budget_counters.c.scope,
    postgresql_where=budget_counters.c.warn_user.is_not(None) & budget_counters.c.warned_at.is_(None),
)

reservations = Table(
    "reservations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", MOMENT, nullable=False, server_default=func.now()),
    Column("started", Boolean, nullable=False, server_default=FALSE),
    Column("user_id", Text, nullable=False, server_default=EMPTY_TEXT),
    Column("lines", JSONB, nullable=False, comment="[{scope, period, unit, amount, warn_at}]"),
)
Index("ix_reservations_unstarted", reservations.c.at, postgresql_where=~reservations.c.started)
