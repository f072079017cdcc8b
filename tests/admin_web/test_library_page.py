"""The page of an item in a real Chromium: it plays, seeks, shows captions, and its words lead to their moments."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from services.ports.player import PlayableText, Words
from tests.admin_web.desk import ANA, BEN, FILM, PICTURE, REPORT, Desk, filled, film
from tests.pages import launched

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

READY = "player.readyState >= 2 && !player.seeking"
PATIENCE = 10.0  # seconds


async def until(page, condition):
    """Playwright's own waiting evaluates text in the page, which its policy forbids."""
    async with asyncio.timeout(PATIENCE):
        while not await page.evaluate(condition):
            await asyncio.sleep(0.02)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with launched() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def desk(tmp_path: Path, film_file: Path) -> AsyncIterator[Desk]:
    async with filled(tmp_path, film_file) as desk:
        yield desk


@pytest_asyncio.fixture(loop_scope="module")
async def faults():
    """What goes wrong in the page; none may."""
    found: list[str] = []
    yield found
    assert found == []


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser, faults) -> AsyncIterator[Page]:
    page = await browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
    page.set_default_timeout(10_000)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    yield page
    await page.close()


@pytest.fixture
def opened(desk, window):
    async def open_film(**where):
        await window.goto(desk.link(**where))
        await until(window, READY)
        return window

    return open_film


async def now(page):
    return await page.evaluate("player.currentTime")


async def at_second(page, second):
    await until(page, f"Math.abs(player.currentTime - {second}) < 0.5 && !player.seeking")


def current(page):
    return page.locator("#lines li[aria-current]")


async def test_a_film_plays(opened):
    page = await opened()
    await page.keyboard.press("k")
    await until(page, "player.currentTime > 0.3")
    await page.keyboard.press("k")
    assert await page.evaluate("player.paused")
    await expect(current(page)).to_contain_text("Thanks for having me")


async def test_a_link_to_a_moment_opens_there_with_its_line_and_caption(opened):
    page = await opened(at=13)
    assert await now(page) == 13
    await expect(current(page)).to_contain_text("Pricing is <hard> & nobody likes it.")
    await expect(page.locator(".chapters a[aria-current]")).to_contain_text("Pricing")
    await until(page, "player.textTracks[0].activeCues?.length === 1")
    cue = await page.evaluate("[player.textTracks[0].mode, player.textTracks[0].activeCues[0].text]")
    assert cue == ["showing", "<v Ada>Pricing is &lt;hard&gt; &amp; nobody likes it."]


async def test_a_click_on_a_line_or_a_chapter_jumps_there(opened):
    page = await opened()
    await page.get_by_text("That figure became our pricing").click()
    await at_second(page, 24)
    await expect(current(page)).to_contain_text("That figure became our pricing")
    await page.get_by_role("link", name="Pricing", exact=False).filter(has_text="0:08").last.click()
    await at_second(page, 8)
    assert page.url.endswith(str(FILM))


async def test_a_frame_of_the_contact_sheet_leads_to_its_moment(opened):
    page = await opened()
    assert await page.evaluate("document.querySelector('.sheet img').naturalWidth") > 0
    await page.get_by_role("link", name="Play from 0:35").click()
    await at_second(page, 35)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (Words.COMING, "being written down just now"),
        (Words.WAITING, "written down yet"),
        (Words.LEFT_OUT, "were written down"),
        (Words.ALL, "Nobody is heard to say anything"),
    ],
)
async def test_what_is_not_there_yet_is_not_called_silence(desk, window, words, told):
    desk.items.add(replace(film()[0], words=words), PlayableText(), ANA)
    await window.goto(desk.link())
    await expect(window.locator(".note")).to_have_count(1)
    await expect(window.locator(".note")).to_contain_text(told)


async def test_the_keys_do_what_the_help_says(opened):
    page = await opened()
    for key, second in (("l", 10), ("l", 20), ("j", 10), ("ArrowRight", 15), ("ArrowLeft", 10)):
        await page.keyboard.press(key)
        await at_second(page, second)
    await page.keyboard.press("ArrowDown")
    await at_second(page, 12)
    await page.keyboard.press("ArrowUp")
    await at_second(page, 8)
    await page.keyboard.press("c")
    assert await page.evaluate("player.textTracks[0].mode") == "hidden"
    await page.keyboard.press("m")
    assert await page.evaluate("player.muted")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    await page.keyboard.press("l")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    assert await now(page) == 8


async def test_a_key_is_obeyed_once_where_the_player_has_the_focus(opened):
    page = await opened()
    await page.locator("#player").focus()
    await page.keyboard.press("ArrowRight")
    await at_second(page, 5)
    await page.keyboard.press(" ")
    await until(page, "!player.paused && player.currentTime > 5.2")


async def test_words_are_found_inside_with_their_number(opened):
    page = await opened()
    await page.keyboard.press("/")
    await page.keyboard.type("PRICING")
    await expect(page.locator("#count")).to_have_text("1 of 4")
    await page.keyboard.press("Enter")
    await expect(page.locator("#count")).to_have_text("2 of 4")
    await expect(page.locator("mark.here")).to_have_text("Pricing")
    await page.keyboard.press("Shift+Enter")
    await page.get_by_role("button", name="Previous match").click()
    await expect(page.locator("#count")).to_have_text("4 of 4")
    await page.get_by_role("button", name="Next match").click()
    await expect(page.locator("#count")).to_have_text("1 of 4")
    await page.locator("#query").fill("<hard> &")
    await expect(page.locator("mark")).to_have_text("<hard> &")
    await page.locator("#query").fill("nowhere")
    await expect(page.locator("#count")).to_have_text("none")
    await page.locator("#query").fill("")
    assert await page.locator("mark").count() == 0
    assert await now(page) == 0


async def test_seeking_goes_on_after_the_links_minute_and_ends_with_membership(desk, opened, faults):
    page = await opened()
    desk.clock.tick(600)
    await page.evaluate("player.currentTime = 20")
    await until(page, READY)

    desk.items.readers.clear()
    await page.evaluate("player.currentTime = 39")

    await expect(page.locator("#trouble")).to_contain_text("no longer there for you")
    assert [fault for fault in faults if "404" not in fault] == []
    faults.clear()


async def test_a_document_opens_at_its_page(desk, window):
    await window.goto(desk.link(REPORT, page=4))
    await expect(window.locator("#page-4 h3")).to_be_in_viewport()
    await expect(window.locator("#page-1 h3")).not_to_be_in_viewport()
    await window.locator("#query").fill("page 2")
    await expect(window.locator("mark.here")).to_be_in_viewport()


async def test_a_picture_is_seen(desk, window):
    await window.goto(desk.link(PICTURE))
    await until(window, "document.querySelector('.stage img').naturalWidth > 0")


async def violations(page):
    found = await Axe().run(page)
    return [
        f"{rule['id']}: {node['target']}" for rule in found.response["violations"] for node in rule["nodes"]
    ]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
async def test_everybody_can_use_it(desk, browser, scheme, width):
    page = await browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
    found = []
    for link in (desk.link(at=13), desk.link(PICTURE), desk.link(REPORT), desk.link(FILM, BEN)):
        await page.goto(link)
        if await page.locator("#query").count():
            await page.locator("#query").fill("pricing")
        found += await violations(page)
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
    assert found == []
    await page.close()
