from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.admin_web.desk import Desk, filled
from tests.admin_web.films import make_film


@pytest.fixture(scope="session")
def film_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(tmp_path_factory.mktemp("film") / "film.mp4")


@pytest.fixture
async def desk(tmp_path: Path, film_file: Path) -> AsyncIterator[Desk]:
    async with filled(tmp_path, film_file) as desk:
        yield desk


@pytest.fixture
async def browser_of(desk: Desk) -> AsyncIterator[aiohttp.ClientSession]:
    """Keeps cookies, as a browser does."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(desk.url, cookie_jar=jar, timeout=aiohttp.ClientTimeout(20)) as session:
        yield session
