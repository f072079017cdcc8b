"""Who uses a keyboard, a screen reader, a small window or a dark room finds their way too."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect
from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.conftest import OpenWindow
from tests.sandbox.slack import modal
from tests.sandbox.stock import StockBot
from tests.sandbox.test_page_gallery import EVERY_INPUT, EVERY_MESSAGE

pytestmark = pytest.mark.browser

# What can be checked of WCAG 2.2 A and AA without a library: names, references, ids, landmarks, contrast of text.
AUDIT = """
() => {
  const faults = [];
  const shown = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const silent = (node) => Boolean(node.closest("[aria-hidden='true'], [inert]"));
  const brief = (node) => node.outerHTML.slice(0, 120);
  const textOf = (ids) => ids.split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ").trim();
  const nameOf = (node) =>
    node.getAttribute("aria-label") || textOf(node.getAttribute("aria-labelledby") ?? "") ||
    [...(node.labels ?? [])].map((label) => label.textContent).join(" ") || node.getAttribute("alt") ||
    [...node.querySelectorAll("[aria-label]")].map((inner) => inner.getAttribute("aria-label")).join(" ") ||
    (node.matches("input, textarea, select") ? "" : node.textContent.trim()) || node.getAttribute("title");
  const named = "button, a[href], input:not([type=hidden]), textarea, select, img, dialog[open], nav, aside, figure, " +
    "[role=button], [role=option], [role=menuitem], [role=menuitemradio], [role=dialog], [role=region], [role=log], " +
    "[role=toolbar], [role=listbox], [role=combobox], [role=img], [role=radiogroup], [role=group], [role=menu], svg[role]";
  for (const node of document.querySelectorAll(named)) {
    if (shown(node) && !silent(node) && !nameOf(node)) faults.push(`no name: ${brief(node)}`);
  }
  const seen = new Set();
  for (const { id } of document.querySelectorAll("[id]")) {
    if (seen.has(id)) faults.push(`id twice: ${id}`);
    seen.add(id);
  }
  for (const name of ["aria-labelledby", "aria-describedby", "aria-activedescendant"]) {
    for (const node of document.querySelectorAll(`[${name}]`)) {
      const lost = node.getAttribute(name).split(" ").some((id) => !seen.has(id));
      if (lost) faults.push(`${name} to nothing: ${brief(node)}`);
    }
  }
  for (const node of document.querySelectorAll("[aria-hidden='true'] :is(a[href], button, input, textarea)")) {
    if (shown(node) && node.tabIndex >= 0) faults.push(`hidden but focusable: ${brief(node)}`);
  }
  if (document.querySelectorAll("main").length !== 1) faults.push("not exactly one main");
  const parse = (colour) => {
    const [red, green, blue, alpha = 1] = colour.match(/[\\d.]+/g).map(Number);
    return colour.startsWith("color(") ? [red * 255, green * 255, blue * 255, alpha] : [red, green, blue, alpha];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const ground = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const light = ([red, green, blue]) => {
    const linear = (c) => (c / 255 <= 0.04045 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = [red, green, blue].map(linear);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim().slice(0, 40);
    const exempt = "svg, :disabled, .sr-only, .status-text, noscript, .skip";
    if (!text || !shown(node) || silent(node) || node.closest(exempt)) continue;
    const style = getComputedStyle(node);
    const under = ground(node);
    const [one, other] = [light(over(parse(style.color), under)), light(under)].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    const ratio = (one + 0.05) / (other + 0.05);
    const where = `“${text}” in ${node.className || node.tagName}`;
    if (ratio < needed - 0.02) faults.push(`contrast ${ratio.toFixed(2)}: ${where}`);
  }
  return [...new Set(faults)];
}
"""


async def faults(page: Page) -> list[str]:
    found: list[str] = await page.evaluate(AUDIT)
    return found


@pytest.fixture
async def full_channel(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """#general with a bit of everything in it."""
    general = sandbox.workspace.channel("general")
    root = await sandbox.people.post(
        "ben", "general", "Hello *all* :tada: <https://example.com|read> `code` <!here>"
    )
    await sandbox.people.react("mia", root, "eyes")
    await sandbox.people.post("mia", "general", "In the thread", thread_ts=root.ts)
    for blocks in EVERY_MESSAGE:
        await client.chat_postMessage(channel=general.id, text="Blocks", blocks=blocks)
    await client.chat_postEphemeral(
        channel=general.id, user=sandbox.workspace.user("ana").id, text="Just you"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_control_has_a_name_and_every_text_its_contrast(
    window: OpenWindow, full_channel: None, scheme: str
) -> None:
    page = await window("ana", color_scheme=scheme)
    await page.locator(".msg.ephemeral").wait_for()
    assert await faults(page) == []
    await page.locator(".reply-bar").click()
    await page.locator("#side .msg").first.hover()
    assert await faults(page) == []
    await page.get_by_role("button", name="Traffic").click()
    await page.locator(".wire").first.click()
    assert await faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_modal_with_every_input_is_labelled_and_keeps_the_focus(
    window: OpenWindow, sandbox: Sandbox, scheme: str
) -> None:
    async with StockBot.connected(sandbox) as bot:

        @bot.app.command("/ask")
        async def ask(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=modal(*EVERY_INPUT))

        page = await window("ana", color_scheme=scheme)
        await page.locator(".composer-area").fill("/ask")
        await page.locator(".composer-area").press("Enter")
        form = page.get_by_role("dialog")
        await form.get_by_role("button", name="Send").click()
        await expect(form.locator(".input-error").first).not_to_be_empty()
        assert await faults(page) == []
        for _ in range(40):
            await page.keyboard.press("Tab")
            assert await page.evaluate(
                "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
            )


async def test_the_audit_sees_a_nameless_button_and_a_pale_text(window: OpenWindow) -> None:
    page = await window("ana")
    assert await faults(page) == []
    await page.evaluate(
        """() => {
          const button = document.createElement("button");
          const text = document.createElement("p");
          button.style.padding = "9px";
          text.style.color = "#999";
          text.append("pale");
          document.querySelector(".intro").append(button, text);
        }"""
    )
    found = await faults(page)
    assert len(found) == 2
    assert "no name" in found[0]
    assert "contrast 2.85" in found[1]


async def test_keys_jump_walk_and_close(window: OpenWindow, sandbox: Sandbox) -> None:
    root = await sandbox.people.post("ben", "general", "First")
    await sandbox.people.post("ben", "general", "Second")
    page = await window("ana")
    await page.locator(".msg", has_text="Second").wait_for()
    await page.locator("#main .list").focus()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await expect(page.locator(".msg", has_text="First")).to_be_focused()
    await page.keyboard.press("t")
    await expect(page.locator("#side .composer-area")).to_be_focused()
    assert page.url.endswith(f"/t/{root.ts}")
    await page.keyboard.press("Escape")
    await expect(page.locator("#side")).to_be_hidden()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("edit")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("edit-room"))


async def test_new_messages_are_announced_once(window: OpenWindow, sandbox: Sandbox) -> None:
    page = await window("ana")
    await sandbox.people.post("ben", "general", "The render is done")
    await expect(page.locator("#announcer p")).to_have_text(["Ben Editor: The render is done"])


async def test_a_narrow_window_shows_one_thing_at_a_time(window: OpenWindow, sandbox: Sandbox) -> None:
    root = await sandbox.people.post("ben", "general", "Small screens")
    await sandbox.people.post("mia", "general", "Indeed", thread_ts=root.ts)
    page = await window("ana", viewport={"width": 420, "height": 800})
    await expect(page.locator("#sidebar")).not_to_be_in_viewport()
    await page.locator(".reply-bar").click()
    box = await page.locator("#side").bounding_box()
    assert box is not None
    assert box["width"] == 420
    await page.get_by_role("button", name="Close thread").click()
    await page.get_by_role("button", name="Open channels").click()
    await page.locator("#sidebar .side-item", has_text="launch-video").click()
    await expect(page.locator("#sidebar")).not_to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 420
    assert await faults(page) == []


async def test_the_first_visit_is_guided_and_the_guide_stays_away_once_dismissed(window: OpenWindow) -> None:
    page = await window("ana")
    await page.get_by_role("button", name="Try it").click()
    await page.get_by_role("button", name="Type /ask").click()
    await expect(page.locator(".composer-area")).to_have_value("/ask ")
    await page.locator(".tour").get_by_role("button", name="Dismiss").click()
    await page.reload()
    await expect(page.locator(".composer-area")).to_be_visible()
    await expect(page.locator(".tour")).to_have_count(0)


async def test_the_page_asks_nothing_from_outside(
    window: OpenWindow, sandbox: Sandbox, full_channel: None
) -> None:
    page = await window("ana", "launch-video")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.locator("#sidebar .side-item", has_text="general").click()
    await page.locator(".msg.ephemeral").wait_for()
    assert [url for url in asked if not url.startswith(sandbox.url)] == []
