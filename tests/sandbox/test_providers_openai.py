"""The Responses API, spoken to by OpenAI's own client."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import jsonschema
import openai
import pydantic
import pytest

from tests.sandbox.providers_support import GPT, Desk, running

HEADERS = {"authorization": "Bearer sk-sandbox"}
SEARCH = {
    "type": "function",
    "name": "search_library",
    "description": "Search the content library for passages.",
    "strict": True,
    "parameters": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"query": {"type": "string"}},
        "required": ["query"],
    },
}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running() as desk:
        yield desk


async def test_streamed_and_whole_answers_are_the_same(desk: Desk) -> None:
    whole = await desk.openai.responses.create(model=GPT, input="say exactly: one two three")
    async with desk.openai.responses.stream(model=GPT, input="say exactly: one two three") as stream:
        pieces = [event.delta async for event in stream if event.type == "response.output_text.delta"]
        final = await stream.get_final_response()
    assert "".join(pieces) == whole.output_text == final.output_text == "one two three"
    assert final.usage == whole.usage


async def test_a_stream_has_the_events_of_the_api_in_order(desk: Desk) -> None:
    stream = await desk.openai.responses.create(model=GPT, input="say exactly: abcdefgh", stream=True)
    events = [event async for event in stream]
    assert [event.type.removeprefix("response.") for event in events] == [
        "created",
        "in_progress",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "completed",
    ]
    assert [event.sequence_number for event in events] == list(range(10))


async def test_input_tokens_include_everything_and_add_up(desk: Desk) -> None:
    asked = {"model": GPT, "instructions": "Be kind. " * 30, "input": "hello", "tools": [SEARCH]}
    counted = await desk.openai.responses.input_tokens.count(**asked)
    usage = (await desk.openai.responses.create(**asked)).usage
    assert usage is not None
    assert counted.input_tokens == usage.input_tokens
    assert usage.total_tokens == usage.input_tokens + usage.output_tokens


async def test_max_output_tokens_leaves_the_response_incomplete(desk: Desk) -> None:
    async with desk.openai.responses.stream(
        model=GPT, input="answer with 100 tokens about tea", max_output_tokens=20
    ) as stream:
        last = [event async for event in stream][-1]
    assert last.type == "response.incomplete"
    assert last.response.incomplete_details.reason == "max_output_tokens"
    assert last.response.usage.output_tokens == 20


async def test_a_question_a_tool_serves_calls_it_and_its_result_answers(desk: Desk) -> None:
    question = {"role": "user", "content": "What did Mia say about pricing?"}
    async with desk.openai.responses.stream(model=GPT, input=[question], tools=[SEARCH]) as stream:
        first = await stream.get_final_response()
    call = first.output[0]
    assert (call.type, call.name, json.loads(call.arguments)) == (
        "function_call",
        "search_library",
        {"query": "Mia pricing"},
    )
    result = {
        "type": "function_call_output",
        "call_id": call.call_id,
        "output": "Mia: Pricing starts at 20 euros.",
    }
    second = await desk.openai.responses.create(model=GPT, tools=[SEARCH], input=[question, call, result])
    assert "> Mia: Pricing starts at 20 euros." in second.output_text


async def test_a_stored_response_is_gone_on_with(desk: Desk) -> None:
    first = await desk.openai.responses.create(model=GPT, input="The launch is on Friday.")
    second = await desk.openai.responses.create(
        model=GPT, input="When is the launch?", previous_response_id=first.id
    )
    assert "> The launch is on Friday." in second.output_text


async def test_a_response_that_was_not_stored_is_not_found(desk: Desk) -> None:
    first = await desk.openai.responses.create(model=GPT, input="hello", store=False)
    with pytest.raises(openai.BadRequestError) as caught:
        await desk.openai.responses.create(model=GPT, input="go on", previous_response_id=first.id)
    assert caught.value.code == "previous_response_not_found"


class Verdict(pydantic.BaseModel):
    passed: bool
    issues: list[str]
    note: str


async def test_structured_output_parses_into_the_model_asked_for(desk: Desk) -> None:
    answer = await desk.openai.responses.parse(model=GPT, input="Check this draft", text_format=Verdict)
    assert isinstance(answer.output_parsed, Verdict)


async def test_structured_output_keeps_every_bound_of_its_schema(desk: Desk) -> None:
    schema = {
        "type": "object",
        "additionalProperties": False,
        "required": ["short", "count", "share", "tags", "next"],
        "properties": {
            "short": {"type": "string", "maxLength": 12, "minLength": 4},
            "count": {"type": "integer", "minimum": 7, "multipleOf": 5},
            "share": {"type": "number", "exclusiveMinimum": 1, "maximum": 2},
            "tags": {"type": "array", "items": {"type": "string"}, "minItems": 4, "maxItems": 5},
            "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
        },
    }
    form = {"type": "json_schema", "name": "thing", "schema": schema, "strict": True}
    answer = await desk.openai.responses.create(model=GPT, input="Fill it", text={"format": form})
    jsonschema.validate(json.loads(answer.output_text), schema)


CALL = {"type": "function_call", "call_id": "call_1", "name": "search_library", "arguments": "{}"}
WRONG = {
    "unknown parameter": ({"input": "x", "volume": 11}, 400, "unknown_parameter", "volume"),
    "no input": ({}, 400, "missing_required_parameter", "input"),
    "a number as input": ({"input": 5}, 400, "invalid_type", "input"),
    "unknown model": ({"input": "x", "model": "gpt-none"}, 404, "model_not_found", "model"),
    "a model that only listens": ({"input": "x", "model": "whisper-1"}, 400, "unsupported_value", "model"),
    "a tiny limit": (
        {"input": "x", "max_output_tokens": 3},
        400,
        "integer_below_min_value",
        "max_output_tokens",
    ),
    "a temperature": ({"input": "x", "temperature": 0.5}, 400, "unsupported_parameter", "temperature"),
    "unknown part": (
        {"input": [{"role": "user", "content": [{"type": "input_smell"}]}]},
        400,
        "invalid_value",
        "input[0].content[0]",
    ),
    "unknown key in a part": (
        {"input": [{"role": "user", "content": [{"type": "input_text", "text": "a", "loud": True}]}]},
        400,
        "unknown_parameter",
        "input[0].content[0].loud",
    ),
    "the model's words as input text": (
        {"input": [{"role": "assistant", "content": [{"type": "input_text", "text": "a"}]}]},
        400,
        "invalid_value",
        "input[0].content[0]",
    ),
    "open strict schema": (
        {
            "input": "x",
            "text": {
                "format": {"type": "json_schema", "name": "a", "strict": True, "schema": {"type": "object"}}
            },
        },
        400,
        "invalid_json_schema",
        "text.format.schema",
    ),
    "unanswered call": ({"input": [{"role": "user", "content": "x"}, CALL]}, 400, None, "input"),
    "stray output": (
        {"input": [{"type": "function_call_output", "call_id": "call_2", "output": "x"}]},
        400,
        None,
        "input",
    ),
}


@pytest.mark.parametrize("case", WRONG)
async def test_what_the_api_refuses_is_refused(desk: Desk, case: str) -> None:
    body, status, code, param = WRONG[case]
    async with desk.http.post(
        "/openai/v1/responses", json={"model": GPT, **body}, headers=HEADERS
    ) as response:
        error = (await response.json())["error"]
        assert (response.status, error["code"], error["param"]) == (status, code, param)
        assert error["type"] == "invalid_request_error"
        assert response.headers["x-request-id"]
    assert len(desk.providers.ledger) == 0


async def test_another_key_is_refused(desk: Desk) -> None:
    with pytest.raises(openai.AuthenticationError) as caught:
        await desk.openai.with_options(api_key="sk-real").models.list()
    assert caught.value.code == "invalid_api_key"


async def test_models_are_listed(desk: Desk) -> None:
    listed = [model.id async for model in desk.openai.models.list()]
    assert {GPT, "gpt-transcribe"} <= set(listed)
    assert (await desk.openai.models.retrieve("gpt-5")).shutdown_date == "2026-12-11"
