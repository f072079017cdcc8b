"""A film dropped into the workspace's page: found by a word said in it, opened at that moment, in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.databases import Database
from tests.e2e.films import SAID, subtitled, talking
from tests.e2e.stage import Stage, everything, free_port, staged
from tests.pages import open_page

pytestmark = pytest.mark.browser


@pytest.fixture
async def stage(database: Database, tmp_path: Path) -> AsyncIterator[Stage]:
    more = {"SHOWRUNNER_PORT": str(free_port()), "SHOWRUNNER_DATA_DIR": str(tmp_path / "data")}
    async with staged(database, **more) as stage:
        yield stage


@pytest.fixture
async def ana(browser: Browser, stage: Stage) -> AsyncIterator[Page]:
    faults: list[str] = []
    yield await open_page(browser, stage.sandbox, faults, "ana", "#launch-video")
    assert faults == []


async def drop(page: Page, path: Path) -> None:
    await page.locator("#main input[type=file]").set_input_files(path)
    await page.locator("#main .composer-area").press("Enter")


async def test_a_film_is_found_by_what_is_said_and_opens_there(
    stage: Stage, ana: Page, browser: Browser, tmp_path: Path
) -> None:
    stage.sandbox.providers.says = SAID
    await drop(ana, talking(tmp_path / "launch_film.webm"))
    await ana.locator("#main .reply-bar").last.click()
    await expect(ana.locator("#side")).to_contain_text("Search in it", timeout=60_000)
    await expect(ana.locator("#side")).to_contain_text("launch film")

    channel = stage.workspace.channel("#launch-video")
    await stage.people.command("ana", channel, "/library", "search Esperanza")
    await expect(ana.locator("#main")).to_contain_text("Found for")
    found = await stage.private("ana", "*Esperanza*")
    moment = re.search(r"Open at (\d+:\d+)", everything(found))
    assert moment
    assert moment[1] != "0:00"
    await ana.locator("#main").get_by_role("button", name=f"Open at {moment[1]}").click()
    link = await stage.private("ana", "/library/")
    url = re.search(r"<(http[^|]+)\|", everything(link))
    assert url
    player = await browser.new_page()
    await player.goto(url[1].replace("&amp;", "&"))
    at = int(moment[1].split(":")[0]) * 60 + int(moment[1].split(":")[1])
    await player.wait_for_function(f"document.querySelector('video').currentTime >= {at} - 0.5")
    await expect(player.locator("body")).to_contain_text("Esperanza")


async def test_a_film_with_subtitles_costs_nothing(stage: Stage, ana: Page, tmp_path: Path) -> None:
    film = subtitled(tmp_path / "subtitled.mp4", [(1, 3, "The wombat enters."), (4, 6, "It leaves again.")])
    await drop(ana, film)
    await ana.locator("#main .reply-bar").last.click()
    await expect(ana.locator("#side")).to_contain_text("Search in it", timeout=60_000)
    await stage.people.command("ana", stage.workspace.channel("#launch-video"), "/library", "search wombat")
    await stage.private("ana", "*wombat*")
    assert [call for call in stage.paid if call.audio_seconds] == []
