"""Bring a database to the newest schema: safe to call from every process at every start."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.uow import DriverConnection, driver_connection

Install = Callable[[DriverConnection], Awaitable[None]]
"""Makes or upgrades the tables of a library, in a schema of their own, outside a transaction."""

_LOCK = 7_305_614_113_846_021_967  # "showrunner migrations": any number that nobody else locks


async def migrate(engine: AsyncEngine, installs: Sequence[Install] = ()) -> None:
    """One process at a time; the others wait, then find nothing to do."""
    if not installs and await is_current(engine):
        return
    async with engine.connect() as connection:
        driver = await driver_connection(connection)
        async with _alone(driver):
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
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    return str(revision)


def upgrade(connection: Connection, to: str = "head") -> None:
    command.upgrade(_config(connection), to)


def downgrade(connection: Connection, to: str) -> None:
    command.downgrade(_config(connection), to)


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


async def _revision(driver: DriverConnection) -> str | None:
    try:
        revision = await driver.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    return None if revision is None else str(revision)


@asynccontextmanager
async def _alone(driver: DriverConnection) -> AsyncIterator[None]:
    # Another process may need minutes: the pool's time limits are not for this wait.
    await driver.execute("SET statement_timeout = 0; SET lock_timeout = 0")
    await driver.execute("SELECT pg_advisory_lock($1)", _LOCK, timeout=600)
    try:
        yield
    finally:
        await driver.execute("SELECT pg_advisory_unlock($1)", _LOCK)
        await driver.execute("RESET statement_timeout; RESET lock_timeout")
