"""What the Messages API refuses, and how its own client sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anthropic
import pytest

from tests.sandbox.providers_support import CLAUDE, Desk, running

ASK = {"model": CLAUDE, "max_tokens": 500}
HELLO = [{"role": "user", "content": "hello"}]
HEADERS = {"authorization": "Bearer sk-ant-sandbox", "anthropic-version": "2026-10-21"}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running() as desk:
        yield desk


async def test_the_older_api_version_still_takes_a_temperature(desk: Desk) -> None:
    asked = {**ASK, "temperature": 1.0, "messages": HELLO}
    old = {**HEADERS, "anthropic-version": "2023-06-01"}
    async with desk.http.post("/anthropic/v1/messages", json=asked, headers=old) as response:
        assert response.status == 200
    async with desk.http.post("/anthropic/v1/messages", json=asked, headers=HEADERS) as response:
        assert response.status == 400
        assert "temperature" in (await response.json())["error"]["message"]


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": "Bearer sk-ant-real"}, {"x-api-key": "nonsense"}],
    ids=["none", "wrong bearer", "wrong key"],
)
async def test_other_keys_are_refused(desk: Desk, headers: dict[str, str]) -> None:
    version = {"anthropic-version": "2026-10-21"}
    async with desk.http.get("/anthropic/v1/models", headers={**version, **headers}) as response:
        assert response.status == 401
        assert (await response.json())["error"]["type"] == "authentication_error"


async def test_the_key_may_come_as_x_api_key(desk: Desk) -> None:
    headers = {"x-api-key": "sk-ant-sandbox", "anthropic-version": "2023-06-01"}
    async with desk.http.get("/anthropic/v1/models", headers=headers) as response:
        assert response.status == 200


@pytest.mark.parametrize("version", [None, "2024-01-01"])
async def test_an_unknown_api_version_is_refused(desk: Desk, version: str | None) -> None:
    headers = {"x-api-key": "sk-ant-sandbox", **({"anthropic-version": version} if version else {})}
    async with desk.http.get("/anthropic/v1/models", headers=headers) as response:
        assert response.status == 400


def marked(count: int) -> list[dict[str, object]]:
    return [
        {"type": "text", "text": f"part {at}", "cache_control": {"type": "ephemeral"}} for at in range(count)
    ]


TOOL_USE = {"type": "tool_use", "id": "toolu_1", "name": "search_library", "input": {}}
TOOL_RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "nothing"}
WRONG = {
    "no messages": ({"messages": []}, "at least one message"),
    "assistant first": ({"messages": [{"role": "assistant", "content": "hi"}, *HELLO]}, "first message"),
    "prefill": ({"messages": [*HELLO, {"role": "assistant", "content": "Well"}]}, "prefill"),
    "unknown role": ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role"),
    "unknown field": ({"messages": HELLO, "top_song": 1}, "top_song: Extra inputs are not permitted"),
    "no max_tokens": ({"messages": HELLO, "max_tokens": None}, "max_tokens"),
    "too many tokens": ({"messages": HELLO, "max_tokens": 500_000}, "maximum allowed"),
    "a number as text": ({"messages": HELLO, "max_tokens": "5"}, "max_tokens"),
    "empty text": ({"messages": [{"role": "user", "content": ""}]}, "non-empty"),
    "unknown block": ({"messages": [{"role": "user", "content": [{"type": "sound"}]}]}, "sound"),
    "five breakpoints": ({"messages": [{"role": "user", "content": marked(5)}]}, "maximum of 4"),
    "a fifth at the top": (
        {"messages": [{"role": "user", "content": marked(4)}], "cache_control": {"type": "ephemeral"}},
        "maximum of 4",
    ),
    "short before long": (
        {
            "system": [{"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}],
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "b", "cache_control": {"type": "ephemeral", "ttl": "1h"}}
                    ],
                }
            ],
        },
        "must not come after",
    ),
    "unanswered call": (
        {"messages": [*HELLO, {"role": "assistant", "content": [TOOL_USE]}, *HELLO]},
        "without `tool_result`",
    ),
    "stray result": ({"messages": [{"role": "user", "content": [TOOL_RESULT]}]}, "unexpected `tool_use_id`"),
    "document of the assistant": (
        {
            "messages": [
                *HELLO,
                {
                    "role": "assistant",
                    "content": [
                        {
                            "type": "document",
                            "source": {"type": "text", "media_type": "text/plain", "data": "x"},
                        }
                    ],
                },
                *HELLO,
            ]
        },
        "not allowed in assistant",
    ),
    "open schema": (
        {
            "messages": HELLO,
            "output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}},
        },
        "additionalProperties",
    ),
    "broken schema": (
        {"messages": HELLO, "tools": [{"name": "a", "input_schema": {"type": "object", "properties": 5}}]},
        "not a JSON schema at properties",
    ),
    "dangling reference": (
        {"messages": HELLO, "tools": [{"name": "a", "input_schema": {"type": "object", "$ref": "#/none"}}]},
        "leads nowhere",
    ),
    "choice without tools": ({"messages": HELLO, "tool_choice": {"type": "any"}}, "tools"),
    "not an object": ([], "JSON object"),
}


@pytest.mark.parametrize("case", WRONG)
async def test_what_the_api_refuses_is_refused(desk: Desk, case: str) -> None:
    body, words = WRONG[case]
    asked = {**ASK, **body} if isinstance(body, dict) else body
    if isinstance(asked, dict):
        asked = {name: value for name, value in asked.items() if value is not None}
    async with desk.http.post("/anthropic/v1/messages", json=asked, headers=HEADERS) as response:
        answer = await response.json()
        assert (response.status, answer["type"]) == (400, "error")
        assert answer["error"]["type"] == "invalid_request_error"
        assert words in answer["error"]["message"]
        assert answer["request_id"] == response.headers["request-id"]
    assert len(desk.providers.ledger) == 0


@pytest.mark.parametrize("model", ["claude-nonsense", "claude-mythos-preview"])
async def test_unknown_and_retired_models_are_not_found(desk: Desk, model: str) -> None:
    asked = {**ASK, "model": model, "messages": HELLO}
    async with desk.http.post("/anthropic/v1/messages", json=asked, headers=HEADERS) as response:
        assert response.status == 404
        assert (await response.json())["error"] == {"type": "not_found_error", "message": f"model: {model}"}


async def test_the_sdk_sees_an_error_with_its_type_and_request_id(desk: Desk) -> None:
    with pytest.raises(anthropic.NotFoundError) as caught:
        await desk.anthropic.messages.create(model="claude-none", max_tokens=5, messages=HELLO)
    assert caught.value.type == "not_found_error"
    assert caught.value.request_id
