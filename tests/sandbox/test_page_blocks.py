"""Blocks with a life of their own: markdown, tables, charts, dangerous buttons."""

import pytest
from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.conftest import OpenWindow
from tests.sandbox.slack import button, plain
from tests.sandbox.test_page_gallery import MARKDOWN, PEOPLE, chart

pytestmark = pytest.mark.browser


async def test_markdown_is_drawn_in_full(
    window: OpenWindow, sandbox: Sandbox, client: AsyncWebClient
) -> None:
    page = await window("ana")
    await client.chat_postMessage(channel=sandbox.workspace.channel("general").id, markdown_text=MARKDOWN)
    shown = page.locator(".markdown")
    await expect(shown.get_by_role("heading", name="Heading")).to_be_visible()
    await expect(shown.locator("li li")).to_have_text("nested")
    await expect(shown.get_by_role("checkbox", name="Done")).to_be_checked()
    await expect(shown.get_by_role("cell", name="clip")).to_be_visible()
    await expect(shown.locator(".code-language")).to_have_text("python")
    await expect(shown.locator("blockquote")).to_have_text("quoted")


async def test_a_data_table_sorts_filters_and_turns_pages(
    window: OpenWindow, sandbox: Sandbox, client: AsyncWebClient
) -> None:
    page = await window("ana")
    await client.chat_postMessage(
        channel=sandbox.workspace.channel("general").id, text="Table", blocks=[PEOPLE]
    )
    table = page.locator(".data-table")
    names = table.locator("tbody tr td:first-child")
    await expect(names).to_have_text(["Ana", "Ben", "Gil"])
    await table.get_by_role("button", name="Answers").click()
    await expect(names).to_have_text(["Tom", "Ben", "Gil"])
    await table.get_by_role("button", name="Next page").click()
    await expect(names).to_have_text(["Mia", "Ana"])
    await table.get_by_label("Filter People").fill("gi")
    await expect(names).to_have_text(["Gil"])


async def test_a_chart_is_told_in_words_and_numbers(
    window: OpenWindow, sandbox: Sandbox, client: AsyncWebClient
) -> None:
    page = await window("ana")
    await client.chat_postMessage(
        channel=sandbox.workspace.channel("general").id, text="Chart", blocks=[chart("bar")]
    )
    await expect(
        page.get_by_role("img", name="bar chart. in: from 200 to 340, highest at Tue")
    ).to_be_visible()
    await page.get_by_text("Show the numbers").click()
    await expect(page.locator(".chart tbody tr").first).to_contain_text("Mon20080")


async def test_a_confirm_dialog_stands_before_a_dangerous_button(
    window: OpenWindow, sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sure = {
        "title": plain("Delete it?"),
        "text": plain("All of it."),
        "confirm": plain("Delete"),
        "deny": plain("Keep"),
    }
    row_ = {"type": "actions", "elements": [button("remove", confirm=sure)]}
    page = await window("ana")
    await client.chat_postMessage(
        channel=sandbox.workspace.channel("general").id, text="Sure?", blocks=[row_]
    )
    await page.get_by_role("button", name="Press").click()
    await page.get_by_role("dialog").get_by_role("button", name="Keep").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert sandbox.deliveries("remove") == []
