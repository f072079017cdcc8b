"""The Cancellation port: a stop, from whichever process heard it to whichever process works.

PostgreSQL's NOTIFY carries it at once. What is lost with a connection is found by the lease heartbeat, which
reads the stored stop requests and hands them to `mark`.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import TypeAlias
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

CHANNEL = "showrunner_stop"

_FIRST_REST, _LONGEST_REST = 0.05, 2.0
_PING_EVERY = _PING_TIMEOUT = 5.0
_LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

log = structlog.get_logger(__name__)


class Token:
    """One watcher's view of one turn."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    async def wait(self) -> None:
        await self._event.wait()

    def cancel(self) -> None:
        self._event.set()


class PostgresCancellation:
    def __init__(self, engine: AsyncEngine, dsn: str) -> None:
        """`dsn` is libpq's (postgresql://…): the connection that listens belongs to no pool."""
        self._engine, self._dsn = engine, dsn
        self._watched: defaultdict[UUID, set[Token]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    @property
    def listening(self) -> bool:
        return self._listening.is_set()

    async def start(self) -> None:
        """Returns at once; it listens as soon as the database is there."""
        self._task = asyncio.create_task(self._listen_for_ever(), name="listen for stops")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None

    @asynccontextmanager
    async def watch(self, turn_id: UUID) -> AsyncIterator[Token]:
        token = Token()
        self._watched[turn_id].add(token)
        try:
            yield token
        finally:
            self._forget(turn_id, token)

    async def cancel(self, turn_id: UUID) -> None:
        """Never raises for a lost database: the stored stop request still does its work."""
        self.mark([turn_id])
        try:
            async with self._engine.begin() as connection:
                await connection.execute(select(func.pg_notify(CHANNEL, str(turn_id))))
        except (SQLAlchemyError, *_LOST) as error:
            log.warning("stop.not_sent", turn=str(turn_id), error=type(error).__name__)

    def mark(self, turn_ids: Iterable[UUID]) -> None:
        """Stop those of them that are worked on here."""
        for turn_id in turn_ids:
            for token in self._watched.get(turn_id, ()):
                token.cancel()

    def _forget(self, turn_id: UUID, token: Token) -> None:
        self._watched[turn_id].discard(token)
        if not self._watched[turn_id]:
            del self._watched[turn_id]

    async def _listen_for_ever(self) -> None:
        rest = _FIRST_REST
        while True:
            try:
                await self._listen()
            except _LOST as error:
                log.warning("stop.listener_lost", error=type(error).__name__)
            rest = _FIRST_REST if self.listening else min(rest * 2, _LONGEST_REST)
            self._listening.clear()
            await asyncio.sleep(rest)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(
            self._dsn, timeout=_PING_TIMEOUT, server_settings={"application_name": "showrunner stop listener"}
        )
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _connection: lost.set())
        try:
            await connection.add_listener(CHANNEL, self._heard)
            self._listening.set()
            await _wait_for_loss(connection, lost)
        finally:
            connection.terminate()

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        try:
            self.mark([UUID(str(payload))])
        except ValueError:
            log.warning("stop.unreadable")


async def _wait_for_loss(connection: Connection, lost: asyncio.Event) -> None:
    """Returns when the connection is lost; a silent peer is found by asking it now and then."""
    while not lost.is_set():
        try:
            await asyncio.wait_for(lost.wait(), _PING_EVERY)
        except TimeoutError:
            await connection.execute("SELECT 1", timeout=_PING_TIMEOUT)
