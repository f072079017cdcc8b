"""The app on the page: commands, modals, streams, Home; the app is a stock Bolt app."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, expect
from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.conftest import OpenWindow
from tests.sandbox.slack import actions, button, home, modal, plain, section, text_input
from tests.sandbox.stock import StockBot

pytestmark = pytest.mark.browser

SELECT = {
    "type": "input",
    "block_id": "model",
    "label": plain("Model"),
    "element": {
        "type": "static_select",
        "action_id": "choice",
        "options": [{"text": plain(name), "value": name.lower()} for name in ("Fast", "Smart")],
    },
}


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[StockBot]:
    async with StockBot.connected(sandbox) as connected:
        yield connected


def opens_form(bot: StockBot, view: dict[str, Any]) -> None:
    @bot.app.command("/ask")
    async def ask(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)


async def run(page: Page, text: str) -> None:
    await page.locator("#main .composer-area").fill(text)
    await page.locator("#main .composer-area").press("Enter")


async def test_a_slash_offers_the_commands_with_their_usage(window: OpenWindow, bot: StockBot) -> None:
    page = await window()
    await page.locator("#main .composer-area").press_sequentially("/a")
    await expect(page.get_by_role("option", name="/ask")).to_contain_text("[question]")
    await page.keyboard.press("Enter")
    await expect(page.locator("#main .composer-area")).to_have_value("/ask ")
    await expect(page.locator("#main .composer-hint")).to_contain_text("Ask the bot")


async def test_a_private_answer_is_seen_by_one_person_and_dismissed(
    window: OpenWindow, bot: StockBot
) -> None:
    @bot.app.command("/ask")
    async def ask(ack: AsyncAck) -> None:
        await ack("Only for *you*")

    ana, ben = await window("ana"), await window("ben")
    await run(ana, "/ask anything")
    note = ana.locator(".msg.ephemeral")
    await expect(note).to_contain_text("Only visible to you")
    assert await ben.locator(".msg.ephemeral").count() == 0
    await note.get_by_role("button", name="Dismiss").click()
    await expect(note).to_have_count(0)


async def test_a_command_is_refused_in_a_thread_and_the_text_stays(
    window: OpenWindow, sandbox: Sandbox, bot: StockBot
) -> None:
    root = await sandbox.people.post("ana", "general", "Look here")
    page = await window()
    await page.goto(f"{page.url}/t/{root.ts}")
    field = page.locator("#side .composer-area")
    await field.fill("/ask now")
    await field.press("Enter")
    await expect(page.get_by_role("status").filter(has_text="not supported in threads")).to_be_visible()
    await expect(field).to_have_value("/ask now")


async def test_a_modal_shows_what_is_missing_then_the_apps_errors_then_closes(
    window: OpenWindow, bot: StockBot
) -> None:
    sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    opens_form(bot, modal(text_input("name", "value", label=plain("Name")), SELECT))

    @bot.app.view("form")
    async def submitted(ack: AsyncAck, view: dict[str, Any]) -> None:
        values = view["state"]["values"]
        if values["name"]["value"]["value"] == "taken":
            await ack(response_action="errors", errors={"name": "That name is taken."})
            return
        await ack()
        await sent.put(values)

    page = await window()
    await run(page, "/ask")
    form = page.get_by_role("dialog")
    await form.get_by_role("button", name="Send").click()
    await expect(form.get_by_text("Please complete this required field.")).to_have_count(2)
    await form.get_by_role("button", name=re.compile("Model")).click()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await form.get_by_label("Name").fill("taken")
    await form.get_by_label("Name").press("Enter")
    await expect(form.get_by_text("That name is taken.")).to_be_visible()
    await expect(form.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    await form.get_by_label("Name").fill("free")
    await form.get_by_role("button", name="Send").click()
    await expect(form).to_be_hidden()
    values = await asyncio.wait_for(sent.get(), 5)
    assert values["name"]["value"]["value"] == "free"
    assert values["model"]["choice"]["selected_option"]["value"] == "smart"


async def test_a_pushed_modal_goes_back_to_what_was_typed(window: OpenWindow, bot: StockBot) -> None:
    opens_form(bot, modal(text_input("name", "value", label=plain("Name")), actions(button("more"))))

    @bot.app.action("more")
    async def more(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_push(
            trigger_id=body["trigger_id"], view=modal(section("Second page"), title=plain("Second"))
        )

    page = await window()
    await run(page, "/ask")
    form = page.get_by_role("dialog")
    await form.get_by_label("Name").fill("half")
    await form.get_by_role("button", name="Press").click()
    await expect(form.get_by_text("Second page")).to_be_visible()
    await form.get_by_role("button", name="Back").click()
    await expect(form.get_by_label("Name")).to_have_value("half")
    await page.keyboard.press("Escape")
    await expect(form).to_be_hidden()


async def test_an_answer_is_read_while_it_streams_and_can_be_stopped(
    window: OpenWindow, sandbox: Sandbox, client: AsyncWebClient
) -> None:
    root = await sandbox.people.post("ana", "general", "Tell me everything")
    page = await window()
    await page.goto(f"{page.url}/t/{root.ts}")
    stream = await client.chat_stream(
        channel=root.channel.id,
        thread_ts=root.ts,
        recipient_team_id="T0SANDBOX1",
        recipient_user_id=root.sender.id,
        buffer_size=1,
    )
    await stream.append(markdown_text="# First part\n\nand **more")
    answer = page.locator("#side .streaming")
    await expect(answer.get_by_role("heading", name="First part")).to_be_visible()
    await stream.append(markdown_text="** to come")
    await expect(answer.locator("strong")).to_have_text("more")
    await page.locator("#side").get_by_role("button", name="Stop").click()
    await expect(answer).to_have_count(0)
    assert sandbox.deliveries("agent_session_stopped")


async def test_the_working_row_names_the_app_and_goes_away(
    window: OpenWindow, sandbox: Sandbox, client: AsyncWebClient
) -> None:
    root = await sandbox.people.post("ana", "general", "Think")
    page = await window()
    await page.goto(f"{page.url}/t/{root.ts}")
    place = {"channel_id": root.channel.id, "thread_ts": root.ts}
    await client.assistant_threads_setStatus(**place, status="is thinking…")
    await expect(page.locator("#side .status-row")).to_have_text(re.compile("Stock Bot is thinking…"))
    await client.assistant_threads_setStatus(**place, status="")
    await expect(page.locator("#side .status-row")).to_be_hidden()


async def test_home_is_drawn_and_its_buttons_reach_the_app(window: OpenWindow, bot: StockBot) -> None:
    pressed: asyncio.Queue[str] = asyncio.Queue()

    @bot.app.event("app_home_opened")
    async def opened(event: dict[str, Any], client: AsyncWebClient) -> None:
        if event["tab"] == "home":
            await client.views_publish(
                user_id=event["user"], view=home(section("Your week"), actions(button("go", "now")))
            )

    @bot.app.action("go")
    async def go(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await pressed.put(body["actions"][0]["value"])

    page = await window("ana", "app")
    await page.locator(".tab", has_text="Home").click()
    await expect(page.locator(".home-body")).to_contain_text("Your week")
    await page.locator(".home-body").get_by_role("button", name="Press").click()
    assert await asyncio.wait_for(pressed.get(), 5) == "now"


async def test_a_suggested_prompt_is_sent_by_a_click(
    window: OpenWindow, sandbox: Sandbox, bot: StockBot
) -> None:
    page = await window("ana", "app")
    await page.get_by_role("button", name="What can you do?").click()
    await expect(page.locator("#main .msg")).to_contain_text("What can you help me with?")
    await expect(page.locator(".prompts")).to_be_hidden()


async def test_a_message_shortcut_carries_the_message_to_the_app(
    window: OpenWindow, sandbox: Sandbox, bot: StockBot
) -> None:
    about: asyncio.Queue[str] = asyncio.Queue()

    @bot.app.shortcut("about")
    async def ask_about(ack: AsyncAck, shortcut: dict[str, Any]) -> None:
        await ack()
        await about.put(shortcut["message"]["text"])

    await sandbox.people.post("ben", "general", "A riddle")
    page = await window()
    await page.locator(".msg", has_text="A riddle").hover()
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Ask about this").click()
    assert await asyncio.wait_for(about.get(), 5) == "A riddle"


async def test_the_inspector_shows_calls_with_their_answers(
    window: OpenWindow, sandbox: Sandbox, client: AsyncWebClient
) -> None:
    page = await window()
    await page.get_by_role("button", name="Traffic").click()
    await client.chat_postMessage(channel=sandbox.workspace.channel("general").id, text="On the wire")
    row = page.locator(".wire", has_text="chat.postMessage").first
    await row.locator("summary").click()
    await expect(row.get_by_role("region", name="Request")).to_contain_text("On the wire")
    await page.get_by_label("Filter traffic").fill("no such thing")
    await expect(page.locator(".traffic")).to_have_text("Nothing matches.")
