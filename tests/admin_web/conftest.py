from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from storage.objects import FolderStore
from tests.admin_web.desk import ANA, Desk, film, picture, report, running
from tests.admin_web.films import make_film, make_poster
from tests.fakes.clock import FakeClock


@pytest.fixture(scope="session")
def film_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(tmp_path_factory.mktemp("film") / "film.mp4")


@pytest.fixture
async def desk(tmp_path: Path, film_file: Path) -> AsyncIterator[Desk]:
    """The site with a film, a picture and a report that Ana may see."""
    async with running(FolderStore(tmp_path / "objects"), FakeClock()) as desk:
        poster = make_poster(tmp_path / "poster.jpg")
        for key, path, mimetype in (
            ("media/2026/film", film_file, "video/mp4"),
            ("media/2026/poster", poster, "image/jpeg"),
        ):
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            await desk.store.put(key, path, sha256=sha256, content_type=mimetype)
        for item, text in (film(), picture(), report()):
            desk.items.add(item, text, ANA)
        yield desk


@pytest.fixture
async def browser_of(desk: Desk) -> AsyncIterator[aiohttp.ClientSession]:
    """Keeps cookies, as a browser does."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(desk.url, cookie_jar=jar, timeout=aiohttp.ClientTimeout(20)) as session:
        yield session
