"""Connections to PostgreSQL that come back by themselves after a restart, a failover or a cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import asyncpg
import structlog

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Connect = Callable[[], Awaitable[Connection]]

_FIRST_REST = 0.05
_LONGEST_REST = 2.0
_PING_EVERY = 5.0
_PING_TIMEOUT = 5.0

log = structlog.get_logger(__name__)


def is_lost_connection(error: BaseException) -> bool:
    """Whether the same statement may succeed on a new connection, a little later."""
    if isinstance(error, asyncpg.InterfaceError):
        return not isinstance(error, ValueError)  # asyncpg's DataError: a wrong argument
    return isinstance(
        error,
        OSError
        | TimeoutError
        | asyncpg.PostgresConnectionError
        | asyncpg.InternalClientError  # asyncpg loses its state when a cut crosses a statement
        | asyncpg.OperatorInterventionError
        | asyncpg.TooManyConnectionsError
        | asyncpg.ReadOnlySQLTransactionError,
    )


class Backoff:
    """Growing rests between attempts, in seconds."""

    def __init__(self, first: float = _FIRST_REST, longest: float = _LONGEST_REST) -> None:
        self._first, self._longest = first, longest
        self._next = first

    def reset(self) -> None:
        self._next = self._first

    async def rest(self) -> None:
        rest, self._next = self._next, min(self._next * 2, self._longest)
        await asyncio.sleep(rest)


def connector(dsn: str, *, name: str) -> Connect:
    async def connect() -> Connection:
        return await asyncpg.connect(
            dsn, timeout=_PING_TIMEOUT, command_timeout=30.0, server_settings={"application_name": name}
        )

    return connect


@asynccontextmanager
async def connected(connect: Connect) -> AsyncIterator[tuple[Connection, asyncio.Event]]:
    """A connection of one's own, and an event that is set when it is lost."""
    connection = await connect()
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _connection: lost.set())
    try:
        yield connection, lost
    finally:
        connection.terminate()


async def wait_for_loss(connection: Connection, lost: asyncio.Event) -> None:
    """Returns when the connection is lost; a silent peer is found by asking it now and then."""
    while not lost.is_set():
        try:
            await asyncio.wait_for(lost.wait(), _PING_EVERY)
        except TimeoutError:
            await connection.execute("SELECT 1", timeout=_PING_TIMEOUT)


class Listener:
    """LISTENs on one channel for as long as it is open, over as many connections as that takes.

    `heard` gets each payload. `gap` is called after every (re)connection: what was sent before it is lost.
    """

    def __init__(
        self, connect: Connect, channel: str, heard: Callable[[str], None], gap: Callable[[], None]
    ) -> None:
        self._connect, self._channel = connect, channel
        self._heard, self._gap = heard, gap
        self._task: asyncio.Task[None] | None = None
        self._up = asyncio.Event()

    @property
    def up(self) -> bool:
        return self._up.is_set()

    async def open(self) -> None:
        """Returns once it listens for the first time."""
        self._task = asyncio.create_task(self._listen_for_ever(), name=f"listen {self._channel}")
        await self._up.wait()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None

    async def _listen_for_ever(self) -> None:
        backoff = Backoff()
        while True:
            try:
                await self._listen(backoff)
            except Exception as error:
                log.warning("listener.failed", channel=self._channel, error=type(error).__name__)
            finally:
                self._up.clear()
            await backoff.rest()

    async def _listen(self, backoff: Backoff) -> None:
        async with connected(self._connect) as (connection, lost):
            await connection.add_listener(self._channel, self._relay)
            backoff.reset()
            self._up.set()
            self._gap()
            await wait_for_loss(connection, lost)

    def _relay(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        self._heard(str(payload))
