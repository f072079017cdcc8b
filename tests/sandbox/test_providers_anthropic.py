"""The Messages API, spoken to by Anthropic's own client."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anthropic
import jsonschema
import pydantic
import pytest

from tests.sandbox.providers_support import CLAUDE, Desk, running

ASK = {"model": CLAUDE, "max_tokens": 500}
HELLO = [{"role": "user", "content": "hello"}]
SEARCH = {
    "name": "search_library",
    "description": "Search the content library for passages.",
    "input_schema": {
        "type": "object",
        "properties": {"query": {"type": "string"}, "limit": {"type": "integer"}},
        "required": ["query"],
    },
}
HEADERS = {"authorization": "Bearer sk-ant-sandbox", "anthropic-version": "2026-10-21"}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running() as desk:
        yield desk


async def test_streamed_and_whole_answers_are_the_same(desk: Desk) -> None:
    messages = [{"role": "user", "content": "say exactly: one two three"}]
    whole = await desk.anthropic.messages.create(**ASK, messages=messages)
    async with desk.anthropic.messages.stream(**ASK, messages=messages) as stream:
        text = "".join([piece async for piece in stream.text_stream])
        final = await stream.get_final_message()
    assert text == whole.content[0].text == "one two three"
    assert (final.usage.output_tokens, final.stop_reason) == (whole.usage.output_tokens, "end_turn")


async def test_a_stream_has_the_events_of_the_api_in_order(desk: Desk) -> None:
    asked = {**ASK, "stream": True, "messages": [{"role": "user", "content": "say exactly: abcdefgh"}]}
    async with desk.http.post("/anthropic/v1/messages", json=asked, headers=HEADERS) as response:
        lines = (await response.text()).splitlines()
    assert [line.removeprefix("event: ") for line in lines if line.startswith("event: ")] == [
        "message_start",
        "content_block_start",
        "ping",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]


async def test_max_tokens_ends_an_answer(desk: Desk) -> None:
    answer = await desk.anthropic.messages.create(
        model=CLAUDE, max_tokens=3, messages=[{"role": "user", "content": "say exactly: abcdefghijklmnop"}]
    )
    assert answer.content[0].text == "abcdefghijkl"
    assert (answer.stop_reason, answer.usage.output_tokens) == ("max_tokens", 3)


async def test_no_tokens_at_all_only_warm_the_cache(desk: Desk) -> None:
    answer = await desk.anthropic.messages.create(model=CLAUDE, max_tokens=0, messages=HELLO)
    assert (answer.content, answer.usage.output_tokens) == ([], 0)


async def test_a_stop_sequence_ends_an_answer(desk: Desk) -> None:
    answer = await desk.anthropic.messages.create(
        **ASK, stop_sequences=["STOP"], messages=[{"role": "user", "content": "say exactly: go STOP on"}]
    )
    assert answer.content[0].text == "go "
    assert (answer.stop_reason, answer.stop_sequence) == ("stop_sequence", "STOP")


async def test_counted_tokens_are_the_tokens_paid(desk: Desk) -> None:
    asked = {"model": CLAUDE, "system": "Facts. " * 50, "messages": HELLO, "tools": [SEARCH]}
    counted = await desk.anthropic.messages.count_tokens(**asked)
    answer = await desk.anthropic.messages.create(**asked, max_tokens=10)
    assert counted.input_tokens == answer.usage.input_tokens


async def test_a_question_a_tool_serves_calls_it_and_its_result_answers(desk: Desk) -> None:
    question = {"role": "user", "content": "What did Mia say about pricing?"}
    first = await desk.anthropic.messages.create(**ASK, tools=[SEARCH], messages=[question])
    call = first.content[0]
    assert (first.stop_reason, call.type, call.name) == ("tool_use", "tool_use", "search_library")
    assert call.input == {"query": "Mia pricing"}
    result = {
        "type": "tool_result",
        "tool_use_id": call.id,
        "content": [{"type": "text", "text": "[00:03:10] Mia: Pricing starts at 20 euros."}],
    }
    second = await desk.anthropic.messages.create(
        **ASK,
        tools=[SEARCH],
        messages=[
            question,
            {"role": "assistant", "content": first.content},
            {"role": "user", "content": [result]},
        ],
    )
    assert "> [00:03:10] Mia: Pricing starts at 20 euros." in second.content[0].text


async def test_a_streamed_tool_call_arrives_whole(desk: Desk) -> None:
    async with desk.anthropic.messages.stream(
        **ASK,
        tools=[SEARCH],
        tool_choice={"type": "any"},
        messages=[{"role": "user", "content": "Who owns it?"}],
    ) as stream:
        final = await stream.get_final_message()
    assert final.content[0].type == "tool_use"
    assert isinstance(final.content[0].input["query"], str)
    assert final.stop_reason == "tool_use"


async def test_no_tool_is_called_where_none_may(desk: Desk) -> None:
    answer = await desk.anthropic.messages.create(
        **ASK,
        tools=[SEARCH],
        tool_choice={"type": "none"},
        messages=[{"role": "user", "content": "Find pricing?"}],
    )
    assert answer.stop_reason == "end_turn"


class Beat(pydantic.BaseModel):
    heading: str
    words: int
    mood: str | None


class Outline(pydantic.BaseModel):
    title: str
    beats: list[Beat]
    approved: bool


async def test_structured_output_parses_into_the_model_asked_for(desk: Desk) -> None:
    answer = await desk.anthropic.messages.parse(
        **ASK,
        output_format=Outline,
        messages=[{"role": "user", "content": "Outline a film about tea in Lisbon"}],
    )
    assert isinstance(answer.parsed_output, Outline)
    assert answer.parsed_output.beats


async def test_structured_output_validates_against_its_schema(desk: Desk) -> None:
    schema = {
        "type": "object",
        "additionalProperties": False,
        "required": ["tone", "score", "when", "parts"],
        "properties": {
            "tone": {"enum": ["calm", "loud"]},
            "score": {"type": "number", "description": "{minimum: 0, maximum: 10}"},
            "when": {"type": "string", "format": "date-time"},
            "parts": {"type": "array", "items": {"$ref": "#/$defs/part"}, "minItems": 1},
        },
        "$defs": {"part": {"anyOf": [{"type": "null"}, {"type": "string"}]}},
    }
    text = await desk.ask("Make it loud", output_config={"format": {"type": "json_schema", "schema": schema}})
    value = pydantic.TypeAdapter(dict).validate_json(text)
    jsonschema.validate(value, schema)
    assert value["tone"] == "loud"


async def test_models_are_listed_without_the_retired(desk: Desk) -> None:
    listed = [model async for model in desk.anthropic.models.list(limit=5)]
    assert CLAUDE in [model.id for model in listed]
    assert {model.lifecycle for model in listed} == {"active", "deprecated"}
    assert (await desk.anthropic.models.retrieve(CLAUDE)).max_input_tokens == 1_000_000


async def test_what_is_not_part_of_the_sandbox_says_so(desk: Desk) -> None:
    with pytest.raises(anthropic.NotFoundError, match="not part of the sandbox"):
        await desk.anthropic.beta.files.list()
