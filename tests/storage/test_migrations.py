"""The schema: as migrated and as declared, one and the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from jobs.queue import install
from services.entities.budgets import BudgetState
from storage.engine import make_engine
from storage.migrate import MIGRATIONS, downgrade, head, is_current, migrate, upgrade
from storage.tables import metadata
from storage.uow import DriverConnection, unit_of_work
from tests.databases import Database
from tests.factories import line

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


CALL = """
INSERT INTO ai_calls (id, team, user_id, channel, provider, model, purpose, started_at, outcome)
VALUES (gen_random_uuid(), 'T1', 'U1', 'C1', 'anthropic', 'claude', 'chat', '2026-11-22 23:30+00', '{}');
"""
FILLED = f"""
{CALL.format("answered")} {CALL.format("failed")}
INSERT INTO usage_daily VALUES ('T1', '2026-11-22', 'U1', 'C1', 'anthropic', 'claude', 'chat', 2, 0, 0, 0, 0, 0, 0);
INSERT INTO budget_counters VALUES ('user:T1:U1', '2026-11-22', 'tokens', 7, 3);
INSERT INTO reservations (id, lines) VALUES (gen_random_uuid(),
    '[{{"scope": "user:T1:U1", "period": "2026-11-22", "unit": "tokens", "amount": 3}}]')
"""


async def test_what_was_counted_before_there_were_limits_counts_on(bare: AsyncEngine):
    async with bare.begin() as connection:
        await connection.run_sync(upgrade, "0001")
        for statement in FILLED.split(";\n"):
            await connection.execute(text(statement.replace(":", "\\:")))
        await connection.run_sync(upgrade)
        days = await connection.execute(text("SELECT DISTINCT day::text FROM ai_calls"))
        assert days.scalars().all() == ["2026-11-22"]
        assert await connection.scalar(text("SELECT failed FROM usage_daily")) == 1
    async with unit_of_work(bare, no_jobs)() as uow:
        counted = line(scope="user:T1:U1/day", period=date(2026, 11, 22))
        assert await uow.calls.budget(counted.scope, counted.period, counted.unit) == BudgetState(7, 3)
        assert await uow.calls.sweep_reservations(datetime.now(UTC) + timedelta(hours=1)) == 1
        assert await uow.calls.budget(counted.scope, counted.period, counted.unit) == BudgetState(7, 0)


async def no_jobs(connection: DriverConnection, task: str, payload: bytes) -> None:
    raise AssertionError(task)


def test_the_newest_step_is_found_by_its_name() -> None:
    folder = Config()
    folder.set_main_option("script_location", str(MIGRATIONS))
    assert head() == ScriptDirectory.from_config(folder).get_current_head()


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
