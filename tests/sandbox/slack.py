"""Small helpers: Slack's errors as values, and blocks as people write them."""

from collections.abc import Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse


async def error_of(call: Awaitable[AsyncSlackResponse]) -> str:
    """The error that Slack answers; the test fails when it answers ok."""
    return str((await refusal(call))["error"])


async def refusal(call: Awaitable[AsyncSlackResponse]) -> Any:
    with pytest.raises(SlackApiError) as refused:
        await call
    return refused.value.response


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(action_id: str = "press", value: str = "1", **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain("Press"), "action_id": action_id, "value": value, **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "block_id": "row", "elements": list(elements)}


def text_input(block_id: str = "q", action_id: str = "question", **more: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": action_id}
    return {"type": "input", "block_id": block_id, "label": plain("Question"), "element": element, **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    shown = list(blocks) or [section("Hello")]
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Form"),
        "submit": plain("Send"),
        "blocks": shown,
    } | more


def home(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "home", "blocks": list(blocks) or [section("Home")]}
