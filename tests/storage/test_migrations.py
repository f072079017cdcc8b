"""The schema: as migrated and as declared, one and the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from jobs.queue import install
from storage.engine import make_engine
from storage.migrate import downgrade, is_current, migrate, upgrade
from storage.tables import metadata
from tests.databases import Database

CATALOGUE = text("""
SELECT 'column' AS kind, c.relname::text || '.' || a.attname AS name,
    format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
    || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
    || coalesce(' -- ' || col_description(c.oid, a.attnum), '') AS definition
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
    AND c.relname <> 'alembic_version'
UNION ALL
SELECT 'constraint', conrelid::regclass::text || '.' || conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'
UNION ALL
SELECT 'index', tablename || '.' || indexname, indexdef
FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'
ORDER BY 1, 2
""")


@pytest.fixture
async def bare(empty_database: Database) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(empty_database.url)
    yield engine
    await engine.dispose()


async def test_migrated_and_declared_schema_are_equal(engine: AsyncEngine, bare: AsyncEngine):
    async with bare.begin() as connection:
        await connection.run_sync(metadata.create_all)

    assert await catalogue(engine) == await catalogue(bare)


async def test_autogenerate_finds_nothing_to_do(engine: AsyncEngine):
    def differences(connection: Connection) -> list[object]:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_every_migration_can_be_taken_back_and_made_again(bare: AsyncEngine):
    await migrate(bare)
    before = await catalogue(bare)

    async with bare.begin() as connection:
        await connection.run_sync(downgrade, "base")
        assert not await connection.scalar(text("SELECT count(*) FROM pg_tables WHERE tablename = 'turns'"))
    async with bare.begin() as connection:
        await connection.run_sync(upgrade)

    assert await catalogue(bare) == before


async def test_a_database_is_current_once_migrated(bare: AsyncEngine):
    assert not await is_current(bare)

    await migrate(bare)

    assert await is_current(bare)


async def test_processes_that_start_together_migrate_once(empty_database: Database):
    engines = [make_engine(empty_database.url) for _ in range(4)]

    await asyncio.gather(*(migrate(engine, [install]) for engine in engines))

    assert await is_current(engines[0])
    await asyncio.gather(*(engine.dispose() for engine in engines))


async def test_installing_again_does_nothing(bare: AsyncEngine):
    await migrate(bare, [install])
    before = await catalogue(bare)

    await migrate(bare, [install])

    assert await catalogue(bare) == before


async def test_a_migration_waits_five_seconds_for_a_lock_at_most(bare: AsyncEngine):
    await migrate(bare)

    async with bare.begin() as connection:
        await connection.run_sync(upgrade)
        assert await connection.scalar(text("SHOW lock_timeout")) == "5s"


async def catalogue(engine: AsyncEngine) -> list[tuple[str, str, str]]:
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(CATALOGUE)]
