"""What is one statement, given to the driver without a transaction around it."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ports.work import UnitOfWorkFactory
from storage.alone import Alone, Statements
from storage.prepared import prepared
from storage.tables import posts, turns
from tests.factories import TEAM

EVENT = text("INSERT INTO slack_events (team, event_id, kind) VALUES (:team, 'Ev1', :kind)")
SLOW = text("SELECT pg_sleep(:seconds)")


@pytest.fixture
def alone(engine: AsyncEngine) -> Alone:
    return Alone(engine.execution_options(isolation_level="AUTOCOMMIT"), Statements(engine))


async def test_each_statement_is_committed_by_itself(uow: UnitOfWorkFactory):
    async with uow(atomic=False) as work:
        assert await work.chat.know_event(TEAM, "Ev1", "app_mention")
        assert await work.chat.know_event(TEAM, "Ev2", "app_mention")
    async with uow(atomic=False) as work:
        assert not await work.chat.know_event(TEAM, "Ev2", "app_mention")


async def test_a_broken_rule_is_told_as_sqlalchemy_tells_it(alone: Alone, engine: AsyncEngine):
    async def insert() -> None:
        await alone.fetch(EVENT, {"team": TEAM, "kind": "message"})
        await alone.close()

    await insert()
    for _ in range(2):
        with pytest.raises(IntegrityError):
            await insert()
    assert engine.pool.checkedout() == 0


async def test_who_is_cancelled_gives_the_connection_back(alone: Alone, engine: AsyncEngine):
    await alone.fetch(SLOW, {"seconds": 0.0})
    await alone.close()
    task = asyncio.create_task(alone.fetch(SLOW, {"seconds": 60.0}))
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
    counted = select(func.count()).where(posts.c.kind == "post", posts.c.channel == text(":channel"))
    made = prepared(counted, {}, engine.dialect)
    assert [argument.value({}) for argument in made.order] == ["post"]
