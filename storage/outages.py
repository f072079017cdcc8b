"""Which failures say that the database was away, and not that a statement was wrong."""

from __future__ import annotations

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_AWAY = (
    OSError,
    TimeoutError,
    PoolTimeout,
    asyncpg.PostgresConnectionError,
    asyncpg.InternalClientError,  # asyncpg loses its state when a cut crosses a statement
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
)


def is_outage(error: BaseException | None) -> bool:
    """Whether the same transaction may succeed a little later."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or is_outage(error.orig) or is_outage(_cause(error.orig))
    if isinstance(error, asyncpg.InterfaceError):
        return not isinstance(error, ValueError)  # asyncpg's DataError: a wrong argument
    return isinstance(error, _AWAY)


def _cause(error: BaseException | None) -> BaseException | None:
    return error.__cause__ if error is not None else None
