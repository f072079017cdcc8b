from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.databases import Database


@pytest.fixture
def dsn(database: Database) -> str:
    return database.dsn


@pytest.fixture
async def connection(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()
