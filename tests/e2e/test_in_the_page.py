"""The program as people meet it: in the workspace's page, in a real Chromium."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.databases import Database
from tests.e2e.stage import Stage, staged
from tests.pages import open_page

pytestmark = pytest.mark.browser


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    async with staged(database) as stage:
        yield stage


@pytest.fixture
async def windows(browser: Browser, stage: Stage) -> AsyncIterator[dict[str, Page]]:
    """Ana's and Ben's, both in #launch-video."""
    faults: list[str] = []
    yield {
        person: await open_page(browser, stage.sandbox, faults, person, "#launch-video")
        for person in ("ana", "ben")
    }
    assert faults == []


async def ask(page: Page, text: str) -> None:
    composer = page.locator("#main .composer-area")
    await composer.fill(text)
    await composer.press("Enter")


async def test_a_mention_is_answered_in_its_thread_and_others_see_it_live(
    stage: Stage, windows: dict[str, Page]
) -> None:
    stage.sandbox.providers.speed = 30
    ana, ben = windows["ana"], windows["ben"]
    await ask(ana, "@Showrunner write 120 words about the harbour")
    await ben.locator("#main .reply-bar").click()
    live = ben.locator("#side .streaming")
    await expect(live).to_contain_text("harbour")
    half = len(await live.inner_text())
    await expect(ben.locator("#side")).to_contain_text("Answer again with", timeout=20_000)
    assert half < len(await ben.locator("#side .msg").last.inner_text())


async def test_stop_ends_the_answer_for_everybody(stage: Stage, windows: dict[str, Page]) -> None:
    stage.sandbox.providers.speed = 20
    ana, ben = windows["ana"], windows["ben"]
    await ask(ana, "@Showrunner write 400 words about the harbour")
    await ana.locator("#main .reply-bar").click()
    await ana.locator("#side").get_by_role("button", name="Stop").first.click()
    await expect(ana.locator("#side")).to_contain_text("Stopped")
    await ben.locator("#main .reply-bar").click()
    await expect(ben.locator("#side")).to_contain_text("Stopped")


async def test_tables_and_code_look_like_tables_and_code(windows: dict[str, Page]) -> None:
    ana = windows["ana"]
    await ask(ana, "@Showrunner make a table of camera, lens and light")
    await ana.locator("#main .reply-bar").click()
    await expect(ana.locator("#side table")).to_be_visible()
    composer = ana.locator("#side .composer-area")
    await composer.fill("show a python code example")
    await composer.press("Enter")
    await expect(ana.locator("#side pre").last).to_be_visible()


async def test_ask_opens_a_form_whose_question_is_answered_in_the_channel(windows: dict[str, Page]) -> None:
    ana = windows["ana"]
    await ask(ana, "/ask")
    form = ana.get_by_role("dialog")
    await (
        form.locator("[data-input=question]")
        .locator("textarea, input")
        .first.fill("say exactly: from the form")
    )
    await form.get_by_role("button", name="Ask").click()
    await expect(ana.locator("#main")).to_contain_text("asked:")
    await ana.locator("#main .reply-bar").click()
    await expect(ana.locator("#side")).to_contain_text("from the form")


async def test_home_shows_what_is_mine(stage: Stage, browser: Browser, windows: dict[str, Page]) -> None:
    await ask(windows["ana"], "@Showrunner say exactly: remember me")
    await windows["ana"].locator("#main .reply-bar").click()
    await expect(windows["ana"].locator("#side")).to_contain_text("remember me")
    home = await open_page(browser, stage.sandbox, [], "ana", "app")
    await home.locator(".tab", has_text="Home").click()
    await expect(home.locator(".home-body")).to_contain_text("of 500,000 tokens")
    await expect(home.locator(".home-body")).to_contain_text("remember me")
