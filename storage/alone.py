"""Statements that are transactions of their own, given straight to the driver.

SQLAlchemy still writes them and keeps the pool. What else it does around each one (isolation levels, a transaction
that begins and ends, results that know their columns) takes several times as long as PostgreSQL does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Self, cast
from weakref import WeakKeyDictionary

import asyncpg
from sqlalchemy import Executable, Row
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.util import greenlet_spawn

from storage.prepared import Prepared, prepared


class Found(asyncpg.Record):
    """What SQLAlchemy's rows are to the stores."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def _asdict(self) -> dict[str, Any]:
        return dict(self.items())


class Statements:
    """Those met before, as the driver is given them. One that is built anew for each use is never met twice."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._dialect = engine.dialect
        self._met: WeakKeyDictionary[Executable, Prepared | None] = WeakKeyDictionary()

    def of(self, statement: Executable, values: Mapping[str, Any]) -> Prepared | None:
        """None where SQLAlchemy is to execute it."""
        if statement not in self._met:
            self._met[statement] = None
            return None
        found = self._met[statement]
        if found is None or found.names != values.keys():
            found = self._met[statement] = prepared(statement, values, self._dialect)
        return found if found.is_plain else None


class Alone(AsyncConnection):
    """Stands where a connection does; it takes one from the pool when a statement is there, not before."""

    def __init__(self, engine: AsyncEngine, statements: Statements) -> None:
        super().__init__(engine)
        self._statements = statements

    async def fetch(self, statement: Executable, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
        # Never two connections at once: who holds one and waits for another may wait for ever.
        plain = None if self.sync_connection else self._statements.of(statement, values)
        if plain is not None:
            return await self._fetch(plain, plain.arguments(values))
        result = await (await self._begun()).execute(statement, values)
        return result.all() if result.returns_rows else ()

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        return await AsyncConnection.execute(await self._begun(), *args, **kwargs)

    async def exec_driver_sql(self, *args: Any, **kwargs: Any) -> Any:
        return await AsyncConnection.exec_driver_sql(await self._begun(), *args, **kwargs)

    async def get_raw_connection(self) -> PoolProxiedConnection:
        return await AsyncConnection.get_raw_connection(await self._begun())

    async def start(self, is_ctxmanager: bool = False) -> Self:  # noqa: ARG002 - SQLAlchemy's own
        return self

    async def _begun(self) -> Self:
        if self.sync_connection is None:
            await super().start()
        return self

    async def _fetch(self, plain: Prepared, arguments: Sequence[Any]) -> Sequence[Row[Any]]:
        pooled = await self._pooled()
        good = False
        try:
            rows = await _driver(pooled).fetch(plain.text, *arguments, record_class=Found)
            good = True
        except asyncpg.PostgresError as error:
            good = True
            if isinstance(error, asyncpg.IntegrityConstraintViolationError):
                raise IntegrityError(plain.text, None, error) from error
            raise
        finally:
            await _given_back(pooled, good=good)
        return cast("Sequence[Row[Any]]", rows)

    async def _pooled(self) -> PoolProxiedConnection:
        """One that is not known to be cut."""
        while True:
            pooled = await greenlet_spawn(self.sync_engine.raw_connection)
            if not _driver(pooled).is_closed():
                return pooled
            await _given_back(pooled, good=False)


async def _given_back(pooled: PoolProxiedConnection, *, good: bool) -> None:
    if good and not _driver(pooled).is_closed():
        await greenlet_spawn(pooled.close)  # waits for nothing: there is no transaction to end
    else:
        await asyncio.shield(asyncio.create_task(_dropped(pooled)))


async def _dropped(pooled: PoolProxiedConnection) -> None:
    await greenlet_spawn(pooled.invalidate)


def _driver(pooled: PoolProxiedConnection) -> asyncpg.Connection[Any]:
    return cast("asyncpg.Connection[Any]", pooled.driver_connection)
