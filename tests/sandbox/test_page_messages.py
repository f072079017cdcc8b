"""What a person does with messages on the page, against the running sandbox."""

import re

import pytest
from playwright.async_api import Locator, Page, expect
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.conftest import OpenWindow

pytestmark = pytest.mark.browser


def composer(page: Page, pane: str = "#main") -> Locator:
    return page.locator(f"{pane} .composer-area")


def message(page: Page, text: str, pane: str = "#main") -> Locator:
    return page.locator(f"{pane} .msg", has_text=text)


async def say(page: Page, text: str, pane: str = "#main") -> None:
    await composer(page, pane).fill(text)
    await composer(page, pane).press("Enter")


async def test_a_message_is_seen_at_once_in_another_persons_window(window: OpenWindow) -> None:
    ana, ben = await window("ana"), await window("ben")
    await say(ana, "The *cut* is ready")
    await expect(message(ben, "The cut is ready")).to_contain_text("Ana Producer")
    await expect(message(ben, "The cut is ready").locator("strong")).to_have_text("cut")


async def test_a_reply_in_a_thread_is_counted_under_its_parent(window: OpenWindow) -> None:
    ana, ben = await window("ana"), await window("ben")
    await say(ana, "Which take?")
    await message(ben, "Which take?").hover()
    await ben.get_by_role("button", name="Reply in thread").click()
    await say(ben, "The second", "#side")
    await expect(message(ana, "Which take?").locator(".reply-bar")).to_contain_text("1 reply")
    await ana.locator(".reply-bar").click()
    await expect(message(ana, "The second", "#side")).to_be_visible()


async def test_up_in_an_empty_composer_edits_the_last_own_message(window: OpenWindow) -> None:
    page = await window("ana")
    await say(page, "Ready on Tusday")
    await expect(message(page, "Tusday")).to_be_visible()
    await composer(page).press("ArrowUp")
    await page.get_by_label("Edit message").fill("Ready on Tuesday")
    await page.get_by_label("Edit message").press("Enter")
    await expect(message(page, "Ready on Tuesday")).to_contain_text("(edited)")


async def test_deleting_asks_first(window: OpenWindow) -> None:
    page = await window("ana")
    await say(page, "Never mind")
    await message(page, "Never mind").hover()
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Delete message…").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(message(page, "Never mind")).to_have_count(0)


async def test_a_reaction_is_shared_and_taken_back(window: OpenWindow) -> None:
    ana, ben = await window("ana"), await window("ben")
    await say(ana, "Done!")
    await message(ben, "Done!").hover()
    await ben.get_by_role("button", name="React with eyes").click()
    pill = message(ana, "Done!").get_by_role("button", name=re.compile("reacted with :eyes:"))
    await expect(pill).to_have_text(re.compile("1$"))
    await pill.click()
    await expect(message(ben, "Done!").locator(".reaction").first).to_contain_text("2")
    await pill.click()
    await expect(message(ben, "Done!").locator(".reaction").first).to_contain_text("1")


async def test_names_are_completed_and_sent_as_slack_writes_them(
    window: OpenWindow, sandbox: Sandbox
) -> None:
    page = await window("ana")
    await composer(page).press_sequentially("ask @be")
    await expect(page.get_by_role("option", name="Ben Editor")).to_be_visible()
    await composer(page).press("Enter")
    await composer(page).press_sequentially("in #laun")
    await composer(page).press("Tab")
    await composer(page).press_sequentially("about a < b")
    await composer(page).press("Enter")
    general = sandbox.workspace.channel("general")
    sent = await sandbox.wait_for(lambda: general.top)
    ben, launch = sandbox.workspace.user("ben"), sandbox.workspace.channel("launch-video")
    assert sent[-1].text == f"ask <@{ben.id}> in <#{launch.id}> about a &lt; b"
    await expect(message(page, "about a < b").locator(".mention").first).to_have_text("@Ben Editor")


async def test_markup_in_a_message_stays_text(window: OpenWindow) -> None:
    page = await window("ana")
    await say(page, '<img src=x onerror="document.title=1"> <script>document.title=2</script>')
    shown = message(page, "<script>document.title=2</script>")
    await expect(shown).to_contain_text("<img src=x")
    assert await shown.locator(".msg-body img, .msg-body script").count() == 0


async def test_unread_messages_are_counted_until_the_channel_is_opened(
    window: OpenWindow, sandbox: Sandbox
) -> None:
    page = await window("ana")
    await sandbox.people.post("ben", "launch-video", "New cut")
    item = page.locator("#sidebar .side-item", has_text="launch-video")
    await expect(item.locator(".side-count")).to_have_text("1")
    await item.click()
    await expect(page.locator(".unread-line")).to_be_visible()
    await expect(item.locator(".side-count")).to_have_count(0)


async def test_an_attached_file_is_sent_with_the_message(window: OpenWindow, sandbox: Sandbox) -> None:
    page = await window("ana")
    await page.locator("#main input[type=file]").set_input_files(
        {"name": "script.txt", "mimeType": "text/plain", "buffer": b"INT. OFFICE"}
    )
    await expect(page.locator(".upload")).to_contain_text("script.txt")
    await expect(page.locator(".upload-progress")).to_have_count(0)
    await say(page, "Here it is")
    await expect(message(page, "Here it is").locator(".file-name")).to_have_text("script.txt")
    assert sandbox.workspace.channel("general").top[-1].files[0].size == len(b"INT. OFFICE")


async def test_a_channel_is_looked_into_and_joined(window: OpenWindow) -> None:
    page = await window("ben")
    await page.get_by_role("button", name="Browse channels").click()
    await page.get_by_role("menuitem", name=re.compile("marketing")).click()
    await page.get_by_role("button", name="Join channel").click()
    await expect(composer(page)).to_be_visible()


async def test_a_link_to_a_message_opens_it_in_the_same_window(
    window: OpenWindow, sandbox: Sandbox, client: AsyncWebClient
) -> None:
    root = await sandbox.people.post("ben", "launch-video", "The source")
    link = await client.chat_getPermalink(channel=root.channel.id, message_ts=root.ts)
    await sandbox.people.post("ben", "general", f"See <{link['permalink']}|this>")
    page = await window("ana")
    await page.get_by_role("link", name="this").click()
    await expect(message(page, "The source", "#side")).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_have_text("launch-video")


async def test_what_was_missed_while_the_connection_was_lost_is_shown_after(
    window: OpenWindow, sandbox: Sandbox
) -> None:
    page = await window("ana")
    await composer(page).fill("half a thought")
    await sandbox.page.close()
    await sandbox.people.post("ben", "general", "While you were away")
    await expect(message(page, "While you were away")).to_be_visible()
    await expect(composer(page)).to_have_value("half a thought")
