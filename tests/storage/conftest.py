from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from services.ports.work import UnitOfWorkFactory
from storage.embedded import EmbeddedPostgres
from tests.fakes.uow import fake_unit_of_work, new_memory
from tests.storage.embedded_support import a_server, scratch_folder


@pytest.fixture(params=["fake", "real"])
def stores(request: pytest.FixtureRequest) -> UnitOfWorkFactory:
    """What services are given: the fake must mean what PostgreSQL means."""
    if request.param == "fake":
        return fake_unit_of_work(new_memory())
    real: UnitOfWorkFactory = request.getfixturevalue("uow")
    return real


# -- a PostgreSQL of our own -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A data folder that is slow to make, so that the tests which can take it in turns do."""
    with scratch_folder() as base:
        yield base


@pytest.fixture
def folder() -> Iterator[Path]:
    with scratch_folder() as base:
        yield base


@pytest.fixture
async def own_server(made: Path) -> AsyncIterator[EmbeddedPostgres]:
    async with a_server(made) as running:
        yield running
