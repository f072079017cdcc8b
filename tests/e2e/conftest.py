"""The end-to-end suite runs three times: Socket Mode, signed HTTP, and two processes that share the work.

The program starts once for each; every test has a channel of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
import pytest_asyncio

from tests.databases import Database
from tests.e2e.stage import Stage, staged, staged_processes

WAYS = ("socket", "http", "processes")


@pytest.fixture(scope="session")
def shared_database(server: Database, template: Database) -> Iterator[Database]:
    name = f"stage_{uuid4().hex}"
    asyncio.run(server.run(f"CREATE DATABASE {name} TEMPLATE {template.name}"))
    yield server.beside(name)
    asyncio.run(server.drop(name))


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=WAYS)
async def shared_stage(request: pytest.FixtureRequest, shared_database: Database) -> AsyncIterator[Stage]:
    if request.param == "processes":
        async with staged_processes(shared_database) as stage:
            yield stage
    else:
        async with staged(shared_database, request.param) as stage:
            yield stage


@pytest_asyncio.fixture(loop_scope="session")
async def stage(shared_stage: Stage) -> AsyncIterator[Stage]:
    yield shared_stage
    shared_stage.calm()
