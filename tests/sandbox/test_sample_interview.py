"""A newcomer has a video to share: one click in the page."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from sandbox.providers.media import listening
from sandbox.recordings import INTERVIEW
from sandbox.server import Sandbox
from tests.sandbox.conftest import OpenWindow

pytestmark = pytest.mark.browser


async def test_it_is_shared_in_a_channel_and_heard_by_the_stand_in(
    window: OpenWindow, sandbox: Sandbox
) -> None:
    page = await window("ana")
    await page.get_by_role("button", name="Try it").click()
    await page.get_by_role("button", name="Share the sample interview").click()
    await expect(page.locator(".upload .file-meta")).to_contain_text("KB", timeout=60_000)
    await page.get_by_role("button", name="Send now").click()
    await expect(page.locator("#main .message video, #main .file").first).to_be_visible()

    (message,) = [message for message in sandbox.workspace.all_messages() if message.files]
    assert message.files[0].mimetype == "video/mp4"
    assert message.files[0].path is not None
    heard = listening.heard(message.files[0].path.read_bytes()) or ""
    assert all(line.text[-20:] in heard for line in INTERVIEW)
