"""Bring a database to the newest schema: safe to call from every process at every start."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from storage.uow import DriverConnection, driver_connection

if TYPE_CHECKING:  # imported where there is something to migrate: most starts do without
    from alembic.config import Config

Install = Callable[[DriverConnection], Awaitable[None]]
"""Makes or upgrades the tables of a library, in a schema of their own, outside a transaction."""

MIGRATIONS = Path(__file__).parent / "migrations"

_LOCK = 7_305_614_113_846_021_967  # "showrunner migrations": any number that nobody else locks
_PATIENCE = 600.0  # seconds, for the migrations of another process


async def migrate(engine: AsyncEngine, installs: Sequence[Install] = ()) -> None:
    """One process at a time; the others wait, then find nothing to do."""
    if not installs and await is_current(engine):
        return
    async with _alone(engine) as connection:
        driver = await driver_connection(connection)
        if await _revision(driver) != head():
            await connection.run_sync(upgrade)
            await connection.commit()
        for install in installs:
            await install(driver)


async def is_current(engine: AsyncEngine) -> bool:
    async with engine.connect() as connection:
        return await _revision(await driver_connection(connection)) == head()


@cache
def head() -> str:
    """The newest revision: each step's file is named after it, `0002_limits.py`."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def upgrade(connection: Connection, to: str = "head") -> None:
    from alembic import command

    command.upgrade(_config(connection), to)


def downgrade(connection: Connection, to: str) -> None:
    from alembic import command

    command.downgrade(_config(connection), to)


def _config(connection: Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


async def _revision(driver: DriverConnection) -> str | None:
    try:
        revision = await driver.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    return None if revision is None else str(revision)


@asynccontextmanager
async def _alone(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection without the pool's time limits, holding the lock until it is closed."""
    own = create_async_engine(engine.url, poolclass=NullPool, connect_args={"timeout": 5})
    try:
        async with own.connect() as connection:
            driver = await driver_connection(connection)
            await driver.execute("SELECT pg_advisory_lock($1)", _LOCK, timeout=_PATIENCE)
            yield connection
    finally:
        await own.dispose()
