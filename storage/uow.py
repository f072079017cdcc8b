"""One transaction over all stores, and the jobs that become visible with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import cached_property
from types import TracebackType
from typing import Self, TypeAlias, cast

import asyncpg
import orjson
from sqlalchemy import literal, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.errors import StorageUnavailable
from services.ports.work import UnitOfWorkFactory
from storage.alone import Alone, Statements
from storage.answers import SqlAnswerStore
from storage.calls import SqlCallStore
from storage.chat import SqlChatStore
from storage.costs import SqlCostStore
from storage.digests import SqlDigestStore
from storage.incidents import SqlIncidentStore
from storage.library import SqlLibraryStore
from storage.limits import SqlLimitStore
from storage.outages import is_outage
from storage.pauses import SqlPauseStore
from storage.people import SqlPeopleStore
from storage.posts import SqlPostStore
from storage.usage import SqlUsageStore

DriverConnection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Enqueue = Callable[[DriverConnection, str, bytes], Awaitable[None]]
"""Queues a job on the driver's connection, inside the transaction that is open on it."""


class SqlUnitOfWork:
    """BEGIN is sent with the first statement: a unit of work that does nothing costs nothing."""

    def __init__(self, connection: AsyncConnection, enqueue: Enqueue) -> None:
        self._connection = connection
        self._enqueue = enqueue

    @cached_property
    def chat(self) -> SqlChatStore:
        return SqlChatStore(self._connection)

    @cached_property
    def calls(self) -> SqlCallStore:
        return SqlCallStore(self._connection)

    @cached_property
    def answers(self) -> SqlAnswerStore:
        return SqlAnswerStore(self._connection)

    @cached_property
    def people(self) -> SqlPeopleStore:
        return SqlPeopleStore(self._connection)

    @cached_property
    def posts(self) -> SqlPostStore:
        return SqlPostStore(self._connection)

    @cached_property
    def limits(self) -> SqlLimitStore:
        return SqlLimitStore(self._connection)

    @cached_property
    def incidents(self) -> SqlIncidentStore:
        return SqlIncidentStore(self._connection)

    @cached_property
    def costs(self) -> SqlCostStore:
        return SqlCostStore(self._connection)

    @cached_property
    def digests(self) -> SqlDigestStore:
        return SqlDigestStore(self._connection)

    @cached_property
    def pauses(self) -> SqlPauseStore:
        return SqlPauseStore(self._connection)

    @cached_property
    def usage(self) -> SqlUsageStore:
        return SqlUsageStore(self._connection)

    @cached_property
    def library(self) -> SqlLibraryStore:
        return SqlLibraryStore(self._connection)

    async def enqueue(self, task: str, **payload: str) -> None:
        await self._enqueue(await self._driver_in_transaction(), task, orjson.dumps(payload))

    async def commit(self) -> None:
        await self._connection.commit()

    async def __aenter__(self) -> Self:
        """Raises StorageUnavailable, as the whole block does, where the database is away."""
        try:
            await self._connection.start()
        except Exception as error:
            raise _told(error) from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Shielded: a cancelled caller still gives its connection back, rolled back.
        if self._connection.sync_connection is not None:
            await asyncio.shield(asyncio.create_task(self._close()))
        if is_outage(error):
            raise StorageUnavailable(type(error).__name__) from error

    async def _close(self) -> None:
        """What was committed stays committed, even if the connection is cut while it is given back."""
        try:
            await self._connection.close()
        except Exception as error:
            if not is_outage(error):
                raise

    async def _driver_in_transaction(self) -> DriverConnection:
        driver = await driver_connection(self._connection)
        if not driver.is_in_transaction():  # else the job would be committed on its own
            await self._connection.execute(select(literal(1)))
        return driver


def _told(error: Exception) -> Exception:
    return StorageUnavailable(type(error).__name__) if is_outage(error) else error


def unit_of_work(engine: AsyncEngine, enqueue: Enqueue) -> UnitOfWorkFactory:
    alone = engine.execution_options(isolation_level="AUTOCOMMIT")
    statements = Statements(engine)

    def begin(*, atomic: bool = True) -> SqlUnitOfWork:
        connection = engine.connect() if atomic else Alone(alone, statements)
        return SqlUnitOfWork(connection, enqueue)

    return begin


async def driver_connection(connection: AsyncConnection) -> DriverConnection:
    driver = (await connection.get_raw_connection()).driver_connection
    return cast("DriverConnection", driver)
