from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage.embedded import EmbeddedPostgres
from tests.storage.embedded.support import a_server, scratch_folder


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
async def server(made: Path) -> AsyncIterator[EmbeddedPostgres]:
    async with a_server(made) as running:
        yield running
