"""Every block that the sandbox accepts is drawn; the samples serve the other tests of the page too."""

from typing import Any

import pytest
from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.conftest import OpenWindow
from tests.sandbox.slack import button, plain, section

pytestmark = pytest.mark.browser

Json = dict[str, Any]


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str) -> Json:
    return {"text": plain(text), "value": text.lower()}


def cell(value: str | int) -> Json:
    if isinstance(value, int):
        return {"type": "raw_number", "value": value, "text": f"{value:,}"}
    return {"type": "raw_text", "text": value}


def row(*values: str | int) -> list[Json]:
    return [cell(value) for value in values]


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def line(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def words(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text} | ({"style": style} if style else {})


def series(name: str, *values: int) -> Json:
    data = [{"label": day, "value": value} for day, value in zip(DAYS, values, strict=True)]
    return {"name": name, "data": data}


def chart(kind: str) -> Json:
    axes = {"categories": DAYS, "x_label": "Day", "y_label": "Tokens"}
    body = {"type": kind, "series": [series("in", 200, 340), series("out", 80, 120)], "axis_config": axes}
    return {"type": "data_visualization", "title": f"Tokens by {kind}", "chart": body}


def card(title: str) -> Json:
    return {
        "type": "card",
        "title": mrkdwn(title),
        "body": mrkdwn("What is *in* it"),
        "actions": [button(f"open-{title}")],
    }


DAYS = ["Mon", "Tue"]
OPTIONS = [option("Fast"), option("Smart")]
MARKDOWN = """# Heading
Some **bold**, _soft_ and ~~old~~ text, `code`, [a link](https://example.com).

- one
  - nested
- [x] done

> quoted

| Item | Count |
|------|------:|
| clip | 3 |

```python
def cut(): return "now"  # at once
```
"""
RICH_TEXT = rich(
    line(words("plain "), words("bold", bold=True), {"type": "emoji", "name": "tada"}),
    line({"type": "link", "url": "https://example.com", "text": "a link"}),
    {"type": "rich_text_list", "style": "bullet", "elements": [line(words("one")), line(words("two"))]},
    {"type": "rich_text_quote", "elements": [words("a quote")]},
    {"type": "rich_text_preformatted", "elements": [words("x = 1")]},
)
PLAN = {
    "type": "plan",
    "title": "Writing the script",
    "tasks": [
        {"type": "task_card", "task_id": "1", "title": "Read the brief", "status": "complete"},
        {
            "type": "task_card",
            "task_id": "2",
            "title": "Draft",
            "status": "in_progress",
            "details": RICH_TEXT,
        },
    ],
}
PEOPLE = {
    "type": "data_table",
    "caption": "People",
    "page_size": 3,
    "rows": [
        row("Person", "Answers"),
        *(
            row(name, count)
            for name, count in [("Ana", 120), ("Ben", 9), ("Gil", 33), ("Mia", 54), ("Tom", 1)]
        ),
    ],
}
FEEDBACK = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "feedback",
            "positive_button": {"text": plain("Good"), "value": "up", "accessibility_label": "Good answer"},
            "negative_button": {"text": plain("Bad"), "value": "down", "accessibility_label": "Bad answer"},
        },
        {"type": "icon_button", "icon": "trash", "text": plain("Remove"), "action_id": "remove"},
    ],
}
ACTIONS = {
    "type": "actions",
    "elements": [
        button("yes", style="primary"),
        button("no", style="danger"),
        {"type": "static_select", "action_id": "pick", "placeholder": plain("Pick"), "options": OPTIONS},
        {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-22"},
        {"type": "overflow", "action_id": "more", "options": OPTIONS},
        {"type": "checkboxes", "action_id": "boxes", "options": OPTIONS},
        {"type": "radio_buttons", "action_id": "radio", "options": OPTIONS},
    ],
}
EVERY_MESSAGE: list[list[Json]] = [
    [
        {"type": "header", "text": plain("Usage :bar_chart:")},
        section("Text with an *accessory*") | {"accessory": button("accessory")},
        {"type": "section", "fields": [mrkdwn("*Limit*\n500,000"), mrkdwn("*Spent*\n$12.40")]},
        {"type": "divider"},
        ACTIONS,
        {"type": "context", "elements": [mrkdwn("Asked by someone")]},
        {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A picture"},
        FEEDBACK,
    ],
    [{"type": "markdown", "text": MARKDOWN}],
    [RICH_TEXT],
    [{"type": "table", "rows": [row("File", "Length"), row("a.mp4", 12)]}],
    [PEOPLE],
    [chart("bar"), chart("line")],
    [
        chart("area"),
        {
            "type": "data_visualization",
            "title": "Share",
            "chart": {
                "type": "pie",
                "segments": [{"label": "chat", "value": 45}, {"label": "files", "value": 55}],
            },
        },
    ],
    [card("Clip")],
    [{"type": "carousel", "elements": [card("One"), card("Two")]}],
    [
        {
            "type": "container",
            "title": plain("Sources"),
            "is_collapsible": True,
            "child_blocks": [section("Inside")],
        }
    ],
    [PLAN],
    [{"type": "task_card", "task_id": "9", "title": "Transcribed", "status": "complete"}],
]


def labelled(name: str, kind: str, **element: Any) -> Json:
    inner = {"type": kind, "action_id": "value"} | element
    return {
        "type": "input",
        "block_id": name,
        "label": plain(name),
        "element": inner,
        "optional": name != "Text",
    }


EVERY_INPUT: list[Json] = [
    labelled("Text", "plain_text_input", placeholder=plain("Write")),
    labelled("Long text", "plain_text_input", multiline=True) | {"hint": plain("As long as you like")},
    labelled("Number", "number_input", is_decimal_allowed=False),
    labelled("Address", "email_text_input"),
    labelled("Link", "url_text_input"),
    labelled("Select", "static_select", options=OPTIONS),
    labelled("Several", "multi_static_select", options=OPTIONS),
    labelled("Outside", "external_select", min_query_length=1),
    labelled("Person", "users_select"),
    labelled("People", "multi_users_select"),
    labelled("Channel", "channels_select"),
    labelled("Conversation", "conversations_select"),
    labelled("Boxes", "checkboxes", options=OPTIONS),
    labelled("Radio", "radio_buttons", options=OPTIONS),
    labelled("Day", "datepicker"),
    labelled("Time", "timepicker"),
    labelled("Moment", "datetimepicker"),
    labelled("Files", "file_input"),
    labelled("Notes", "rich_text_input"),
]


async def test_every_block_is_drawn(window: OpenWindow, sandbox: Sandbox, client: AsyncWebClient) -> None:
    page = await window("ana")
    for blocks in EVERY_MESSAGE:
        await client.chat_postMessage(
            channel=sandbox.workspace.channel("general").id, text="Blocks", blocks=blocks
        )
    await expect(page.locator(".msg")).to_have_count(len(EVERY_MESSAGE))
    kinds = {block["type"] for blocks in EVERY_MESSAGE for block in blocks}
    for kind in kinds:
        await expect(page.locator(f".block-{kind}").first).to_be_visible()
    assert await page.locator(".block-unknown").count() == 0
