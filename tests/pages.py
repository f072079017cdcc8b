"""A real Chromium, and the sandbox's page opened in it as a person."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from sandbox.server import Sandbox
from tests.browser import FLAGS, find


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with launched() as started:
        yield started


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    path = find()
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("There is no Chromium on this machine; run tests/browser.py.")
    if path is None:
        pytest.skip("There is no Chromium on this machine.")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        await started.close()


async def open_page(
    browser: Browser, sandbox: Sandbox, faults: list[str], person: str, place: str, **options: Any
) -> Page:
    """`place` is a channel or "app"; errors that the page throws are appended to `faults`."""
    page = await browser.new_page(**{"viewport": {"width": 1440, "height": 900}} | options)
    page.set_default_timeout(10_000)
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.add_init_script("localStorage.setItem('sandbox.tour.done', 'yes')")
    user = sandbox.workspace.user(person)
    channel = sandbox.workspace.app_dm(user) if place == "app" else sandbox.workspace.channel(place)
    await page.goto(f"{sandbox.url}/?as={user.id}#/{channel.id}")
    await page.locator("#main .composer-area").wait_for()
    return page
