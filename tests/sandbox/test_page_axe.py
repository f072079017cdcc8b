"""The page as axe-core sees it: no violation of WCAG 2.2 A and AA, nor of its best practices."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

pytestmark = pytest.mark.browser


async def violations(page: Page) -> list[str]:
    found = await Axe().run(page)
    return [
        f"{rule['id']}: {node['target']} {node.get('failureSummary', '')}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_channel_with_a_thread_open(window, sandbox, scheme):
    people = sandbox.people
    root = await people.post("ana", "#general", "Rough cut is *up*, see `cut_03.mp4`")
    await people.post("ben", "#general", "Watching now :eyes:", thread_ts=root.ts)
    await people.react("mia", root, "tada")
    page = await window("ana", "#general", color_scheme=scheme)
    await page.locator("#main .reply-bar").click()
    await page.locator("#side .composer-area").wait_for()
    assert await violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_apps_tabs(window, scheme):
    page = await window("ana", "app", color_scheme=scheme)
    await page.locator(".tab", has_text="About").click()
    assert await violations(page) == []


async def test_a_narrow_window(window):
    page = await window("ana", "#general", viewport={"width": 420, "height": 800})
    assert await violations(page) == []
