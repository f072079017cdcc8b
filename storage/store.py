"""What every store is made of: one open connection, and the few ways of asking it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Executable, Row
from sqlalchemy.ext.asyncio import AsyncConnection


class Store:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def _run(self, statement: Executable, **values: object) -> None:
        await self._connection.execute(statement, values)

    async def _one(self, statement: Executable, **values: object) -> Row[Any] | None:
        return (await self._connection.execute(statement, values)).first()

    async def _all(self, statement: Executable, **values: object) -> Sequence[Row[Any]]:
        return (await self._connection.execute(statement, values)).all()

    async def _value(self, statement: Executable, **values: object) -> Any:
        """The first column of the first row; None without a row."""
        return (await self._connection.execute(statement, values)).scalar()
