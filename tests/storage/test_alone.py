"""What is one statement, given to the driver without a transaction around it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import Executable, Row, bindparam, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ports.work import UnitOfWorkFactory
from storage.alone import Alone, Statements
from storage.prepared import prepared
from storage.tables import posts, turns
from tests.factories import TEAM

EVENT = text("INSERT INTO slack_events (team, event_id, kind) VALUES (:team, 'Ev1', :kind)")
SLOW = text("SELECT pg_sleep(:seconds)")


Fetch = Callable[..., Awaitable[Sequence[Row[Any]]]]


@pytest.fixture
def fetch(engine: AsyncEngine) -> Fetch:
    """From its second use on a statement goes straight to the driver."""
    statements = Statements(engine)

    async def fetched(statement: Executable, **values: Any) -> Sequence[Row[Any]]:
        alone = Alone(engine.execution_options(isolation_level="AUTOCOMMIT"), statements)
        try:
            return await alone.fetch(statement, values)
        finally:
            if alone.sync_connection is not None:
                await alone.close()

    return fetched


async def test_each_statement_is_committed_by_itself(uow: UnitOfWorkFactory):
    async with uow(atomic=False) as work:
        assert await work.chat.know_event(TEAM, "Ev1", "app_mention")
        assert await work.chat.know_event(TEAM, "Ev2", "app_mention")
    async with uow(atomic=False) as work:
        assert not await work.chat.know_event(TEAM, "Ev2", "app_mention")


async def test_a_broken_rule_is_told_as_sqlalchemy_tells_it(fetch: Fetch, engine: AsyncEngine):
    await fetch(EVENT, team=TEAM, kind="message")
    for _ in range(2):
        with pytest.raises(IntegrityError):
            await fetch(EVENT, team=TEAM, kind="message")
    assert engine.pool.checkedout() == 0


async def test_who_is_cancelled_gives_the_connection_back(fetch: Fetch, engine: AsyncEngine):
    await fetch(SLOW, seconds=0.0)
    task = asyncio.create_task(fetch(SLOW, seconds=60.0))
    while engine.pool.checkedout() == 0:
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])

    assert task.cancelled()
    assert engine.pool.checkedout() == 0


def test_what_sqlalchemy_has_to_convert_is_left_to_it(engine: AsyncEngine):
    listed = select(turns).where(turns.c.state.in_(["waiting", "running"]))
    assert not prepared(listed, {}, engine.dialect).is_plain


def test_constants_of_a_statement_stand_between_its_values(engine: AsyncEngine):
    counted = select(func.count()).where(posts.c.kind == "post", posts.c.channel == bindparam("channel"))
    made = prepared(counted, {"channel": "C1"}, engine.dialect)
    assert made.arguments({"channel": "C2"}) == ["post", "C2"]
