"""Canvases: made, edited one change at a time, searched, shared, read and thrown away."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.slack import error_of, refusal


def markdown(text: str) -> dict[str, str]:
    return {"type": "markdown", "markdown": text}


@pytest.fixture
async def canvas(client: AsyncWebClient) -> str:
    content = markdown("# Plan\n\nShoot on Friday.\n\n## Open\n\n- music\n- voice")
    return (await client.canvases_create(title="Aurora", document_content=content))["canvas_id"]


async def content_of(client: AsyncWebClient, canvas: str, **more: Any) -> str:
    return (await client.canvases_getContent(canvas_id=canvas, **more))["content"]


async def section(client: AsyncWebClient, canvas: str, **criteria: Any) -> str:
    found = await client.canvases_sections_lookup(canvas_id=canvas, criteria=criteria)
    return found["sections"][0]["id"]


async def test_a_canvas_is_read_as_it_was_written(client: AsyncWebClient, canvas: str) -> None:
    assert await content_of(client, canvas) == "# Plan\n\nShoot on Friday.\n\n## Open\n\n- music\n- voice"
    assert "<h2>Open</h2>" in await content_of(client, canvas, content_type="html")


async def test_sections_are_found_by_kind_and_text(client: AsyncWebClient, canvas: str) -> None:
    looked = await client.canvases_sections_lookup(
        canvas_id=canvas, criteria={"section_types": ["any_header"]}
    )
    assert len(looked["sections"]) == 2
    assert looked["sections"][0]["id"].startswith("temp:C:")
    both = {"section_types": ["h2"], "contains_text": "plan"}
    assert (await client.canvases_sections_lookup(canvas_id=canvas, criteria=both))["sections"] == []


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("insert_before", ["# Plan", "New", "Shoot on Friday."]),
        ("insert_after", ["# Plan", "Shoot on Friday.", "New"]),
        ("replace", ["# Plan", "New", "## Open"]),
        ("delete", ["# Plan", "## Open"]),
    ],
)
async def test_one_section_is_changed(client: AsyncWebClient, canvas: str, operation, expected) -> None:
    target = await section(client, canvas, contains_text="Friday")
    change = {"operation": operation, "section_id": target}
    if operation != "delete":
        change["document_content"] = markdown("New")
    await client.canvases_edit(canvas_id=canvas, changes=[change])
    assert (await content_of(client, canvas)).split("\n\n")[: len(expected)] == expected


async def test_ends_whole_and_name_are_changed(sandbox: Sandbox, client: AsyncWebClient, canvas: str) -> None:
    for operation, name, text in [
        ("replace", "document_content", "Middle"),
        ("insert_at_start", "document_content", "First"),
        ("insert_at_end", "document_content", "Last"),
        ("rename", "title_content", "Aurora One"),
    ]:
        await client.canvases_edit(canvas_id=canvas, changes=[{"operation": operation, name: markdown(text)}])
    assert await content_of(client, canvas) == "First\n\nMiddle\n\nLast"
    assert sandbox.workspace.canvases[canvas].title == "Aurora One"


async def test_a_call_takes_one_change(client: AsyncWebClient, canvas: str) -> None:
    change = {"operation": "insert_at_end", "document_content": markdown("x")}
    answer = await refusal(client.canvases_edit(canvas_id=canvas, changes=[change, change]))
    assert answer["error"] == "invalid_arguments"
    assert "exactly one change" in answer["response_metadata"]["messages"][0]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"operation": "delete", "section_id": "temp:C:404"}, "canvas_editing_failed"),
        ({"operation": "delete"}, "invalid_arguments"),
        ({"operation": "shuffle", "document_content": markdown("x")}, "invalid_arguments"),
        ({"operation": "insert_at_end"}, "invalid_arguments"),
        ({"operation": "insert_at_end", "document_content": {"type": "html"}}, "invalid_arguments"),
        ({"operation": "insert_at_end", "document_content": markdown("x"), "colour": 1}, "invalid_arguments"),
    ],
)
async def test_changes_that_slack_refuses(client: AsyncWebClient, canvas: str, change, error) -> None:
    assert await error_of(client.canvases_edit(canvas_id=canvas, changes=[change])) == error


async def test_a_list_in_a_quote_cannot_be_written(client: AsyncWebClient) -> None:
    answer = await refusal(client.canvases_create(document_content=markdown("fine\n\n> - not fine")))
    assert answer["error"] == "canvas_creation_failed"
    assert "line 3" in answer["detail"]


async def test_a_channel_has_one_canvas_of_its_own(sandbox: Sandbox, client: AsyncWebClient, general) -> None:
    made = await client.conversations_canvases_create(channel_id=general, document_content=markdown("Hello"))
    info = (await client.conversations_info(channel=general))["channel"]
    assert info["properties"]["canvas"]["file_id"] == made["canvas_id"]
    again = client.conversations_canvases_create(channel_id=general, document_content=markdown("Hello"))
    assert await error_of(again) == "channel_canvas_already_exists"
    await client.canvases_delete(canvas_id=made["canvas_id"])
    assert "properties" not in (await client.conversations_info(channel=general))["channel"]


async def test_access_is_for_people_or_for_channels(
    sandbox: Sandbox, client: AsyncWebClient, canvas: str, general: str
) -> None:
    ana = sandbox.workspace.user("ana").id
    await client.canvases_access_set(canvas_id=canvas, access_level="write", user_ids=[ana])
    await client.canvases_access_set(canvas_id=canvas, access_level="read", channel_ids=[general])
    assert sandbox.workspace.canvases[canvas].access == {ana: "write", general: "read"}
    await client.canvases_access_delete(canvas_id=canvas, user_ids=[ana])
    assert sandbox.workspace.canvases[canvas].access == {general: "read"}


@pytest.mark.parametrize(
    ("whom", "level", "error"),
    [
        ({}, "read", "invalid_parameters"),
        ({"user_ids": "U0SANDANA1", "channel_ids": "C0SANDGEN1"}, "read", "invalid_parameters"),
        ({"user_ids": "U404"}, "read", "user_not_found"),
        ({"channel_ids": "C404"}, "read", "channel_not_found"),
        ({"channel_ids": "C0SANDGEN1"}, "owner", "invalid_arguments"),
        ({"user_ids": "U0SANDANA1"}, "admire", "invalid_arguments"),
    ],
)
async def test_access_that_slack_refuses(client: AsyncWebClient, canvas: str, whom, level, error) -> None:
    call = client.canvases_access_set(canvas_id=canvas, access_level=level, **whom)
    assert await error_of(call) == error


async def test_a_canvas_of_others_is_hidden_then_readable_then_writable(
    sandbox: Sandbox, client: AsyncWebClient, canvas: str
) -> None:
    mine = sandbox.workspace.canvases[canvas]
    mine.owner = sandbox.workspace.user("ana").id
    change = [{"operation": "insert_at_end", "document_content": markdown("x")}]
    assert await error_of(client.canvases_getContent(canvas_id=canvas)) == "canvas_not_found"
    mine.access[sandbox.workspace.bot.id] = "read"
    assert await content_of(client, canvas)
    assert await error_of(client.canvases_edit(canvas_id=canvas, changes=change)) == "restricted_action"
    mine.access[sandbox.workspace.bot.id] = "write"
    assert (await client.canvases_edit(canvas_id=canvas, changes=change))["ok"]


@pytest.mark.parametrize("method", ["canvases.getContent", "canvases.delete", "canvases.edit"])
async def test_a_deleted_canvas_is_gone(client: AsyncWebClient, canvas: str, method: str) -> None:
    await client.canvases_delete(canvas_id=canvas)
    changes = {"changes": "[]"} if method == "canvases.edit" else {}
    call = client.api_call(method, params={"canvas_id": canvas, **changes})
    assert await error_of(call) == "canvas_not_found"
