"""What every store is made of: one open connection, and the few ways of asking it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Executable, Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.alone import Alone


class Store:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def _run(self, statement: Executable, **values: object) -> None:
        await self._all(statement, **values)

    async def _one(self, statement: Executable, **values: object) -> Row[Any] | None:
        rows = await self._all(statement, **values)
        return rows[0] if rows else None

    async def _all(self, statement: Executable, **values: object) -> Sequence[Row[Any]]:
        if isinstance(self._connection, Alone):
            return await self._connection.fetch(statement, values)
        result = await self._connection.execute(statement, values)
        return result.all() if result.returns_rows else ()

    async def _value(self, statement: Executable, **values: object) -> Any:
        """The first column of the first row; None without a row."""
        row = await self._one(statement, **values)
        return row[0] if row is not None else None
