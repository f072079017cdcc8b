"""A film dropped into the workspace's page: found by a word said in it, opened at that moment, in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.databases import Database
from tests.e2e.films import moment_of, subtitled, talking
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


async def added(page: Page) -> None:
    await page.locator("#main .reply-bar").last.click()
    await expect(page.locator("#side")).to_contain_text("Search in it", timeout=60_000)


async def test_a_film_is_found_by_what_is_said_and_opens_there(
    stage: Stage, ana: Page, browser: Browser, tmp_path: Path
) -> None:
    await drop(ana, talking(tmp_path / "launch_film.webm"))
    await added(ana)
    await expect(ana.locator("#side")).to_contain_text("launch film")

    await ana.locator("#main .composer-area").fill("/library search Esperanza")
    await ana.locator("#main .composer-area").press("Enter")
    await expect(ana.locator("#main")).to_contain_text("Found for")
    await ana.locator("#main").get_by_role("button", name=re.compile(r"Open at \d+:\d\d")).first.click()
    await ana.locator("#main").get_by_role("link", name=re.compile("^Open launch film at")).click()
    link = await stage.private("ana", "/library/")
    url = re.search(r"<(http[^|]+)\|", everything(link))
    assert url
    player = await browser.new_page()
    await player.goto(url[1].replace("&amp;", "&"))
    said = moment_of("Esperanza")
    await player.wait_for_function(f"Math.abs(document.querySelector('video').currentTime - {said}) < 0.5")
    await expect(player.locator("#lines li[aria-current]")).to_contain_text("Esperanza")


async def test_a_film_with_subtitles_costs_nothing(
    stage: Stage, ana: Page, browser: Browser, tmp_path: Path
) -> None:
    await drop(ana, subtitled(tmp_path / "subtitled.mkv"))
    await added(ana)
    await stage.people.command("ana", stage.workspace.channel("#launch-video"), "/library", "search canguro")
    found = await stage.private("ana", "*canguro*")
    assert "Spanish" in everything(found)
    assert [call for call in stage.paid if call.audio_seconds] == []
