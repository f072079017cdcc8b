"""A real PostgreSQL for tests: one server for all workers, one migrated template, one database a test."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

import asyncpg
import orjson
import pytest
from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from jobs.queue import install
from services.ports.work import UnitOfWorkFactory
from storage.embedded import EmbeddedPostgres
from storage.engine import make_engine
from storage.migrate import migrate
from storage.uow import DriverConnection, unit_of_work

MIGRATIONS = Path(__file__).parents[1] / "storage" / "migrations" / "versions"


@dataclass(frozen=True, slots=True)
class Database:
    """One database of a server. `url` is SQLAlchemy's, `dsn` the driver's."""

    url: str

    @property
    def dsn(self) -> str:
        return _text(make_url(self.url).set(drivername="postgresql"))

    @property
    def name(self) -> str:
        return make_url(self.url).database or ""

    def beside(self, name: str) -> Database:
        return Database(_text(make_url(self.url).set(database=name)))

    async def drop(self, name: str) -> None:
        """A database of this server, its connections cut. Autovacuum's can't be: that one is waited for."""
        for attempt in range(50):
            try:
                return await self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            except (asyncpg.InsufficientPrivilegeError, asyncpg.ObjectInUseError):
                await asyncio.sleep(0.05 * attempt)
        raise TimeoutError(f"{name} stayed in use")

    async def run(self, *statements: str) -> None:
        connection = await asyncpg.connect(self.dsn)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The server's maintenance database: `TEST_DATABASE_URL`, else the embedded server."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield Database(given)
        return
    postgres = EmbeddedPostgres(_shared(tmp_path_factory) / "postgres", durable=False)
    asyncio.run(postgres.start())
    yield Database(postgres.url("postgres"))
    asyncio.run(postgres.stop())


@pytest.fixture(scope="session")
def template(server: Database) -> Database:
    """A database as `migrate` leaves it; never connected to, so that it can be copied at any time."""
    name = f"showrunner_template_{_schema_digest()}"
    asyncio.run(_make_template(server, name))
    return server.beside(name)


@pytest.fixture
async def empty_database(server: Database) -> AsyncIterator[Database]:
    async for database in _one_of_its_own(server, "template0"):
        yield database


@pytest.fixture
async def database(server: Database, template: Database) -> AsyncIterator[Database]:
    async for database in _one_of_its_own(server, template.name):
        yield database


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(database.url)
    yield engine
    await engine.dispose()


@pytest.fixture
def enqueued() -> list[tuple[str, dict[str, str]]]:
    """The jobs of the fixture `uow`, as (task, payload), also of transactions that were rolled back."""
    return []


@pytest.fixture
def uow(engine: AsyncEngine, enqueued: list[tuple[str, dict[str, str]]]) -> UnitOfWorkFactory:
    async def enqueue(connection: DriverConnection, task: str, payload: bytes) -> None:
        assert connection.is_in_transaction()
        enqueued.append((task, orjson.loads(payload)))

    return unit_of_work(engine, enqueue)


async def _one_of_its_own(server: Database, template: str) -> AsyncIterator[Database]:
    name = f"test_{uuid4().hex}"
    await server.run(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.beside(name)
    await server.drop(name)


async def _make_template(server: Database, name: str) -> None:
    connection = await asyncpg.connect(server.dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock(hashtext('showrunner tests'))")
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await _build(connection, server, name)
    finally:
        await connection.close()


async def _build(connection: DriverConnection, server: Database, name: str) -> None:
    # Under another name until it is whole: a run that is cut here leaves no half template behind.
    draft = f"{name}_draft"
    await connection.execute(f"DROP DATABASE IF EXISTS {draft} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {draft} TEMPLATE template0")
    engine = make_engine(server.beside(draft).url)
    await migrate(engine, [install])
    await engine.dispose()
    await connection.execute(f"ALTER DATABASE {draft} RENAME TO {name}")


def _schema_digest() -> str:
    digest = hashlib.sha256(version("pgqueuer").encode())
    for migration in sorted(MIGRATIONS.glob("*.py")):
        digest.update(migration.read_bytes())
    return digest.hexdigest()[:12]


def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same folder for all workers of one test run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
