"""Who may use how much, who asked for more, and how often one asks."""

from __future__ import annotations

from sqlalchemy import ARRAY, BigInteger, Column, Date, ForeignKey, Index, Table, Text, Uuid, text

from storage.tables.base import MOMENT, ZERO, is_any, metadata, one_of

OPEN = "open"

limits = Table(
    "limits",
    metadata,
    Column("team", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True, comment="a user, a role or a channel; empty: the workspace"),
    Column("period", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("cap", BigInteger, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_at", MOMENT, nullable=False),
    one_of("kind", ("person", "role", "channel", "workspace")),
    one_of("period", ("day", "month")),
    one_of("unit", ("tokens", "microdollars")),
)

limit_versions = Table(
    "limit_versions",
    metadata,
    Column("team", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    comment="grows with every change of a team's limits: who remembers them sees it",
)

limit_requests = Table(
    "limit_requests",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("team", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("period", Date, nullable=False),
    Column("unit", Text, nullable=False),
    Column("turn_id", ForeignKey("turns.id", ondelete="SET NULL")),
    Column("asked_at", MOMENT, nullable=False),
    Column("state", Text, nullable=False, server_default=text(f"'{OPEN}'")),
    Column("bonus", BigInteger, nullable=False, server_default=ZERO),
    Column("decided_by", Text),
    Column("decided_at", MOMENT),
    one_of("state", (OPEN, "granted", "declined")),
)
Index(
    "uq_limit_requests_open",
    limit_requests.c.team,
    limit_requests.c.user_id,
    limit_requests.c.scope,
    limit_requests.c.period,
    limit_requests.c.unit,
    unique=True,
    postgresql_where=is_any(limit_requests.c.state, (OPEN,)),
)

request_times = Table(
    "request_times",
    metadata,
    Column("team", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column(
        "times", ARRAY(MOMENT), nullable=False, comment="of the requests of the last minute, oldest first"
    ),
)
