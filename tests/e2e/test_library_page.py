"""From a word that was said to its moment: dropped into a channel, found, opened in a real Chromium."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from sandbox.state import Message
from tests.admin_web.films import make_film
from tests.databases import Database
from tests.e2e.stage import Stage, everything, free_port, staged
from tests.e2e.test_library import ready

pytestmark = pytest.mark.browser

SUBTITLES = b"""1
00:00:02,000 --> 00:00:06,000
We talk about something else first.

2
00:00:13,000 --> 00:00:17,000
Then the wombat crosses the stage.
"""


@pytest.fixture
async def stage(database: Database, tmp_path: Path) -> AsyncIterator[Stage]:
    more = {"SHOWRUNNER_PORT": str(free_port()), "SHOWRUNNER_DATA_DIR": str(tmp_path / "data")}
    async with staged(database, **more) as stage:
        yield stage


def link_in(message: Message) -> str:
    found = re.search(r"<(http[^|>]*/library/[^|>]*)\|", everything(message))
    assert found is not None
    return html.unescape(found.group(1))


async def test_a_film_opens_where_the_word_is_said_until_one_leaves(
    stage: Stage, browser: Browser, tmp_path: Path
) -> None:
    film = await asyncio.to_thread(make_film, tmp_path / "film.mp4")
    channel = stage.channel("ana", "ben")
    files = [
        await stage.people.upload("ana", "stage.mp4", film.read_bytes(), "video/mp4"),
        await stage.people.upload("ana", "stage.srt", SUBTITLES, "application/x-subrip"),
    ]
    message = await stage.people.post("ana", channel, "", files=files)
    await ready(stage, channel, message)
    await stage.people.command("ben", channel, "/library", "search wombat")
    found = await stage.private("ben", "*wombat*")
    await stage.people.press("ben", "library.open", found)
    link = link_in(await stage.private("ben", "within a minute"))

    page = await browser.new_page()
    await page.goto(link)
    await expect(page.locator("#lines li[aria-current]")).to_contain_text("the wombat crosses the stage")
    assert await page.evaluate("player.currentTime") == 13
    assert "sig=" not in page.url

    await stage.people.leave("ben", channel)

    async def refused() -> bool:
        answer = await page.reload()
        return answer is not None and answer.status == 404

    async with asyncio.timeout(10):
        while not await refused():
            await asyncio.sleep(0.05)
    await page.close()
