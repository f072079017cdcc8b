"""The connection pool: time limits on every statement, connections replaced once one is found cut."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def make_engine(
    url: str,
    *,
    pool_size: int = 20,
    overflow: int = 0,
    statement_timeout: float = 15.0,
    lock_timeout: float = 5.0,
    name: str = "showrunner",
) -> AsyncEngine:
    """`url` begins with postgresql+asyncpg://; times in seconds.

    There is no ping before use: it would cost every unit of work a round trip. A connection that was cut
    (PostgreSQL restarted) fails its first statement once; that failure empties the pool, so the retry,
    and everybody else, gets a new connection.
    """
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=overflow,
        pool_use_lifo=True,
        pool_timeout=10,
        json_serializer=_to_json,
        json_deserializer=orjson.loads,
        connect_args={
            "timeout": 5,
            "command_timeout": statement_timeout + lock_timeout,
            "prepared_statement_cache_size": 500,
            "server_settings": {
                "application_name": name,
                "statement_timeout": _milliseconds(statement_timeout),
                "lock_timeout": _milliseconds(lock_timeout),
                "idle_in_transaction_session_timeout": _milliseconds(2 * statement_timeout),
                "jit": "off",
            },
        },
    )


def _to_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1000))
