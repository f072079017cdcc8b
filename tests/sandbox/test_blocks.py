"""Each block as Slack accepts it, and each limit broken once."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.blocks import blocks_problems, view_problems
from tests.sandbox.slack import actions, button, error_of, modal, plain, refusal, section, text_input

RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "a"}]}],
}
OPTION = {"text": plain("One"), "value": "1"}
CARD = {"type": "card", "title": plain("Cut 3"), "actions": [button()]}
ROWS = [[{"type": "raw_text", "text": "Day"}], [{"type": "raw_number", "value": 1, "text": "1"}]]
CHART = {
    "type": "data_visualization",
    "title": "Tokens",
    "chart": {
        "type": "bar",
        "series": [{"name": "in", "data": [{"label": "Mon", "value": 2}]}],
        "axis_config": {"categories": ["Mon"], "x_label": "Day"},
    },
}
PIE = {
    "type": "data_visualization",
    "title": "Share",
    "chart": {"type": "pie", "segments": [{"label": "a", "value": 1}]},
}
FEEDBACK = {
    "type": "feedback_buttons",
    "action_id": "feedback",
    "positive_button": {"text": plain("Good"), "value": "up"},
    "negative_button": {"text": plain("Bad"), "value": "down"},
}
TASK = {"type": "task_card", "task_id": "1", "title": "Read", "status": "complete", "output": RICH}

GOOD: list[dict[str, Any]] = [
    section("*Hi*"),
    {"type": "section", "fields": [plain("a")] * 10, "expand": True},
    {"type": "section", "text": plain("a"), "accessory": {"type": "overflow", "options": [OPTION] * 5}},
    {"type": "header", "text": plain("a" * 150)},
    {
        "type": "context",
        "elements": [plain("a"), {"type": "image", "image_url": "https://a.example", "alt_text": "a"}],
    },
    actions(button(style="primary"), {"type": "static_select", "action_id": "s", "options": [OPTION]}),
    {"type": "divider"},
    {"type": "markdown", "text": "# Hi"},
    RICH,
    {"type": "context_actions", "elements": [FEEDBACK]},
    {"type": "table", "rows": ROWS, "column_settings": [{"align": "right"}]},
    {"type": "data_table", "caption": "Use", "rows": ROWS, "page_size": 10},
    CHART,
    PIE,
    TASK,
    {"type": "plan", "title": "Plan", "tasks": [{**TASK, "status": "pending"}]},
    CARD,
    {"type": "carousel", "elements": [CARD] * 10},
    {
        "type": "container",
        "title": plain("Costs"),
        "child_blocks": [section("a"), CHART],
        "is_collapsible": True,
    },
]

BAD: list[tuple[Any, str]] = [
    (section(""), "must be more than 0 characters"),
    (section("a" * 3_001), "must be less than 3001 characters"),
    ({"type": "section"}, "missing one of: text, fields"),
    ({"type": "section", "fields": [plain("a")] * 11}, "no more than 10 items"),
    ({"type": "section", "text": plain("a"), "colour": "red"}, "invalid additional property: colour"),
    ({"type": "header", "text": plain("a" * 151)}, "must be less than 151 characters"),
    ({"type": "header", "text": {"type": "mrkdwn", "text": "a"}}, "unsupported type: mrkdwn"),
    ({"type": "context", "elements": [plain("a")] * 11}, "no more than 10 items"),
    (actions(*[button(f"a{n}") for n in range(26)]), "no more than 25 items"),
    (actions(), "no fewer than 1 items"),
    (actions(button(text=plain("a" * 76))), "must be less than 76 characters"),
    (actions(button(value="a" * 2_001)), "must be less than 2001 characters"),
    (actions(button(style="blue")), "failed to match one of: primary, danger"),
    (actions({"type": "static_select", "options": [OPTION] * 101}), "no more than 100 items"),
    (
        actions({"type": "static_select", "options": [{**OPTION, "value": "v" * 151}]}),
        "less than 151 characters",
    ),
    (actions({"type": "overflow", "options": [OPTION] * 6}), "no more than 5 items"),
    (actions({"type": "checkboxes", "options": [OPTION] * 11}), "no more than 10 items"),
    ({"type": "image", "alt_text": "a"}, "missing one of: image_url, slack_file"),
    ({"type": "context_actions", "elements": [FEEDBACK] * 6}, "no more than 5 items"),
    ({"type": "context_actions", "elements": [button()]}, "unsupported type: button"),
    ({"type": "table", "rows": [ROWS[0]] * 101}, "no more than 100 items"),
    ({"type": "table", "rows": [ROWS[0] * 21]}, "no more than 20 items"),
    ({"type": "data_table", "rows": ROWS}, "missing required field: caption"),
    ({"type": "data_table", "caption": "a", "rows": ROWS[:1]}, "no fewer than 2 items"),
    ({"type": "data_table", "caption": "a", "rows": [ROWS[0] * 2, ROWS[1]]}, "same number of cells"),
    ({"type": "data_table", "caption": "a", "rows": [[RICH], ROWS[1]]}, "header cells may not be rich_text"),
    ({**CHART, "title": "a" * 51}, "must be less than 51 characters"),
    ({**PIE, "chart": {"type": "pie", "segments": [{"label": "a", "value": 0}]}}, "greater than 0"),
    ({**PIE, "chart": {"type": "donut"}}, "unsupported type: donut"),
    ({**TASK, "status": "pending"}, "failed to match one of"),
    ({"type": "plan", "title": "Plan", "tasks": [TASK] * 51}, "no more than 50 items"),
    ({**CARD, "body": plain("a" * 201)}, "must be less than 201 characters"),
    ({"type": "carousel", "elements": [CARD] * 11}, "no more than 10 items"),
    (
        {"type": "container", "title": plain("a"), "child_blocks": [{"type": "markdown", "text": "a"}]},
        "markdown",
    ),
    ({"type": "alert", "text": plain("a")}, "unsupported type: alert"),
    ({"type": "video"}, "missing required field: video_url"),
    ({"type": "shout"}, "unsupported type: shout"),
    (None, "must provide an object"),
    ("text", "must provide an object"),
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: str(block["type"]))
def test_blocks_that_slack_takes(block: dict[str, Any]) -> None:
    assert blocks_problems([block], "message") == []


@pytest.mark.parametrize(("block", "why"), BAD)
def test_blocks_that_slack_refuses(block: Any, why: str) -> None:
    assert why in " ".join(blocks_problems([block], "message"))


@pytest.mark.parametrize(
    ("blocks", "why"),
    [
        ([{"type": "table", "rows": ROWS}] * 2, "only_one_table_allowed"),
        ([CHART] * 3, "no more than 2 charts"),
        ([{"type": "markdown", "text": "a" * 6_001}] * 2, "no more than 12000 characters"),
        ([{**section("a"), "block_id": "same"}] * 2, "already exists"),
        ([section("a")] * 51, "no more than 50 items"),
    ],
)
def test_limits_over_a_whole_message(blocks: list[dict[str, Any]], why: str) -> None:
    assert why in " ".join(blocks_problems(blocks, "message"))


@pytest.mark.parametrize(
    ("view", "why"),
    [
        (modal(title=plain("a" * 25)), "less than 25 characters"),
        (modal(submit=plain("a" * 25)), "less than 25 characters"),
        (modal(private_metadata="a" * 3_001), "less than 3001 characters"),
        (modal(callback_id="a" * 256), "less than 256 characters"),
        (modal(colour="red"), "invalid additional property: colour"),
        (modal(*[section("a")] * 101), "no more than 100 items"),
        (modal({"type": "markdown", "text": "a"}), "unsupported type: markdown"),
        ({"type": "modal", "blocks": []}, "missing required field: title"),
        ({"type": "modal", "title": plain("a"), "blocks": [text_input()]}, "missing required field: submit"),
        ({"type": "page"}, "unsupported type"),
    ],
)
def test_views_that_slack_refuses(view: dict[str, Any], why: str) -> None:
    assert why in " ".join(view_problems(view))


async def test_blocks_validate_needs_no_token(sandbox, http) -> None:
    client = AsyncWebClient(base_url=f"{sandbox.url}/api/", session=http)
    assert (await client.blocks_validate(blocks=GOOD[:3]))["ok"]
    assert (await client.blocks_validate(view=modal()))["ok"]
    assert (await client.blocks_validate(message={"blocks": GOOD[:1]}))["ok"]


async def test_blocks_validate_names_what_is_wrong(client: AsyncWebClient) -> None:
    answer = await refusal(client.blocks_validate(blocks=[{"type": "shout"}]))
    assert (answer["error"], len(answer["errors"])) == ("invalid_blocks", 1)
    assert await error_of(client.blocks_validate(view={"type": "modal"})) == "invalid_view"
    assert await error_of(client.blocks_validate()) == "invalid_arguments"
