"""Tools at both providers: what is offered, what is asked for, and how what came of it is sent back.

The events are what the providers send, shortened to what matters.
"""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from services.entities.tools import Thought, ToolUse
from services.errors import ModelBroke, ModelUnavailable
from services.models.anthropic.reading import MessageReading
from services.models.arguments import arguments_of
from services.models.estimate import estimate_request
from services.models.openai.reading import ResponseReading
from services.models.openai.request import response_params
from services.ports.models import Finished, ModelMessage, ModelRequest, TextDelta, TextPart, Tool, ToolResult
from tests.services.models.providers import (
    HANG,
    IMPATIENT,
    Anthropic,
    OpenAI,
    Provider,
    Recorder,
    answering,
    ask,
    event,
)

LOOK_UP = Tool(
    "search_library",
    "Finds passages.",
    {
        "type": "object",
        "properties": {
            "query": {"type": "string"},
            "type": {"type": "string", "enum": ["video", "audio"]},
        },
        "required": ["query"],
        "additionalProperties": False,
    },
)
CLAUDE, GPT = Anthropic(), OpenAI()
MIND = {"type": "thinking", "thinking": "Let me see.", "signature": "sig=="}
REASONING = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAA="}


def claude_says(*blocks: bytes, stop: str = "tool_use") -> tuple[bytes, ...]:
    return (CLAUDE.start(), *blocks, CLAUDE.end(stop))


def claude_uses(index: int, id_: str, *pieces: str) -> bytes:
    block = {
        "type": "tool_use",
        "id": id_,
        "name": "search_library",
        "input": {},
        "caller": {"type": "direct"},
    }
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in ("", *pieces)]
    return (
        event("content_block_start", index=index, content_block=block)
        + b"".join(event("content_block_delta", index=index, delta=delta) for delta in deltas)
        + event("content_block_stop", index=index)
    )


def claude_thinks() -> bytes:
    begun = {"type": "thinking", "thinking": "", "signature": ""}
    deltas = [
        {"type": "thinking_delta", "thinking": "Let me "},
        {"type": "thinking_delta", "thinking": "see."},
        {"type": "signature_delta", "signature": "sig=="},
    ]
    return event("content_block_start", index=0, content_block=begun) + b"".join(
        event("content_block_delta", index=0, delta=delta) for delta in deltas
    )


def gpt_uses(at: int, call_id: str, arguments: str) -> bytes:
    item = {"type": "function_call", "id": f"fc_{at}", "call_id": call_id, "name": "search_library"}
    begun, done = {**item, "arguments": ""}, {**item, "arguments": arguments, "status": "completed"}
    return (
        event("response.output_item.added", output_index=at, item=begun)
        + event(
            "response.function_call_arguments.delta", output_index=at, item_id=item["id"], delta=arguments
        )
        + event(
            "response.function_call_arguments.done", output_index=at, item_id=item["id"], arguments=arguments
        )
        + event("response.output_item.done", output_index=at, item=done)
    )


def gpt_thinks() -> bytes:
    return event("response.output_item.done", output_index=0, item={**REASONING, "status": "completed"})


async def heard(provider: Provider, *chunks: bytes) -> tuple[str, Finished]:
    model = provider.model(answering(*chunks))
    *deltas, last = [each async for each in model.stream(ask(tools=(LOOK_UP,)))]
    assert isinstance(last, Finished)
    return "".join(each.text for each in deltas if isinstance(each, TextDelta)), last


async def sent(provider: Provider, request: ModelRequest) -> dict[str, Any]:
    recorder = Recorder(answering(provider.start(), provider.end()))
    async for _ in provider.model(recorder).stream(request):
        pass
    return recorder.sent


def looked_up(*parts: Any, arguments: str = '{"query":"prices"}', **changes: Any) -> ModelRequest:
    """A second round: what was asked for, and what came of it."""
    use = ToolUse("toolu_1", "search_library", arguments)
    said = ModelMessage("assistant", (*parts, TextPart("Let me look."), use))
    found = ModelMessage("user", (ToolResult("toolu_1", "“Ninety.”"), TextPart("Answer now.")))
    return ask(messages=(*ask().messages, said, found), tools=(LOOK_UP,), **changes)


# -- what a model asks for ---------------------------------------------------------------------


async def test_claude_asks_for_tools_behind_its_words():
    uses = (claude_uses(1, "toolu_1", '{"que', 'ry": "prices"}'), claude_uses(2, "toolu_2"))
    text, last = await heard(CLAUDE, *claude_says(CLAUDE.delta("Let me look."), *uses))
    assert (text, last.stop) == ("Let me look.", "tools")
    first, second = last.uses
    assert first == ToolUse("toolu_1", "search_library", '{"query": "prices"}')
    assert (second.id, arguments_of(second.arguments)) == ("toolu_2", {})
    assert last.usage.tokens_out == 7


async def test_gpt_asks_for_tools_behind_its_words():
    uses = (gpt_uses(1, "call_1", '{"query":"prices"}'), gpt_uses(2, "call_2", '{"query":"dates"}'))
    text, last = await heard(GPT, GPT.start(), GPT.delta("Let me look."), *uses, GPT.end())
    assert (text, last.stop) == ("Let me look.", "tools")
    assert [use.id for use in last.uses] == ["call_1", "call_2"]
    assert last.uses[0].arguments == '{"query":"prices"}'


async def test_what_a_model_thought_before_it_asked_is_kept_for_it_alone():
    _, claude = await heard(CLAUDE, *claude_says(claude_thinks(), claude_uses(1, "toolu_1")))
    _, gpt = await heard(GPT, gpt_thinks(), gpt_uses(1, "call_1", "{}"), GPT.end())
    assert claude.thoughts == (Thought("claude-sonnet-5-5", MIND),)
    assert gpt.thoughts == (Thought("gpt-6-luna", REASONING),)


@pytest.mark.parametrize("stop", ["max_tokens", "refusal"])
async def test_uses_that_claude_could_not_finish_are_none(stop):
    _, last = await heard(CLAUDE, *claude_says(claude_uses(0, "toolu_1", '{"que'), stop=stop))
    assert last.uses == ()
    assert last.stop in {"length", "refusal"}


async def test_uses_that_gpt_could_not_finish_are_none():
    _, last = await heard(GPT, gpt_uses(0, "call_1", '{"que'), GPT.end("length"))
    assert (last.uses, last.stop) == ((), "length")


@pytest.mark.parametrize("written", ["{", "[1]", '"x"', "NaN", '{"a": }'])
async def test_arguments_that_are_no_json_arrive_as_they_were_written(written):
    _, claude = await heard(CLAUDE, *claude_says(claude_uses(0, "toolu_1", written)))
    _, gpt = await heard(GPT, gpt_uses(0, "call_1", written), GPT.end())
    assert claude.uses[0].arguments == gpt.uses[0].arguments == written
    assert arguments_of(written) is None


async def test_a_stream_lost_while_a_use_is_written_was_no_answer_yet():
    for provider, use in ((CLAUDE, claude_uses(0, "toolu_1", "{")), (GPT, gpt_uses(0, "call_1", "{"))):
        model = provider.model(answering(provider.start(), use, httpx2.ReadError("cut")))
        with pytest.raises(ModelUnavailable):
            [each async for each in model.stream(ask(tools=(LOOK_UP,)))]


async def test_a_stream_lost_after_words_broke_them():
    cut = (
        CLAUDE.start(),
        CLAUDE.delta("Let me look."),
        claude_uses(1, "toolu_1", "{"),
        httpx2.ReadError("cut"),
    )
    with pytest.raises(ModelBroke):
        [each async for each in CLAUDE.model(answering(*cut)).stream(ask(tools=(LOOK_UP,)))]


def test_a_model_that_writes_arguments_is_not_silent():
    """Each sign of work moves the moment at which it would be given up."""
    claude, gpt = MessageReading("claude"), ResponseReading("gpt")
    claude.take({"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use"}})
    for number in range(3):
        before = claude.received, gpt.received
        piece = {"type": "input_json_delta", "partial_json": str(number)}
        claude.take({"type": "content_block_delta", "index": 0, "delta": piece})
        gpt.take({"type": "response.function_call_arguments.delta", "delta": str(number)})
        assert (claude.received > before[0], gpt.received > before[1]) == (True, True)


async def test_a_model_that_stops_in_its_arguments_has_stalled():
    hung = answering(CLAUDE.start(), CLAUDE.delta("Let me look."), claude_uses(1, "toolu_1", "{"), HANG)
    with pytest.raises(ModelBroke):
        [each async for each in CLAUDE.model(hung, IMPATIENT).stream(ask(tools=(LOOK_UP,)))]


# -- what it is sent ---------------------------------------------------------------------------


async def test_tools_are_offered_to_claude_as_they_are():
    body = await sent(CLAUDE, ask(tools=(LOOK_UP,)))
    described = {"name": LOOK_UP.name, "description": LOOK_UP.description, "input_schema": LOOK_UP.schema}
    assert body["tools"] == [described]
    assert "tool_choice" not in body


async def test_tools_are_offered_to_gpt_in_the_strict_form():
    body = await sent(GPT, ask(tools=(LOOK_UP,)))
    [tool] = body["tools"]
    assert (tool["type"], tool["strict"], tool["parameters"]["required"]) == (
        "function",
        True,
        ["query", "type"],
    )
    assert tool["parameters"]["additionalProperties"] is False
    assert tool["parameters"]["properties"]["type"] == {
        "type": ["string", "null"],
        "enum": ["video", "audio", None],
    }
    assert body["include"] == ["reasoning.encrypted_content"]


async def test_without_tools_nothing_is_told_of_them():
    for provider in (CLAUDE, GPT):
        assert not {"tools", "tool_choice", "include"} & set(await sent(provider, ask()))


async def test_in_the_last_round_no_tool_may_be_used():
    assert (await sent(CLAUDE, looked_up(may_use=False)))["tool_choice"] == {"type": "none"}
    body = await sent(GPT, looked_up(may_use=False))
    assert (body["tool_choice"], len(body["tools"])) == ("none", 1)


async def test_claude_is_told_what_came_of_its_use():
    *_, said, found = (await sent(CLAUDE, looked_up()))["messages"]
    use = {"type": "tool_use", "id": "toolu_1", "name": "search_library", "input": {"query": "prices"}}
    assert said["content"] == [{"type": "text", "text": "Let me look."}, use]
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "“Ninety.”"}
    assert found["content"] == [result, {"type": "text", "text": "Answer now."}]


async def test_gpt_is_told_what_came_of_its_use():
    _, *items = (await sent(GPT, looked_up()))["input"]
    assert items == [
        {"role": "assistant", "content": "Let me look."},
        {
            "type": "function_call",
            "call_id": "toolu_1",
            "name": "search_library",
            "arguments": '{"query":"prices"}',
        },
        {"type": "function_call_output", "call_id": "toolu_1", "output": "“Ninety.”"},
        {"role": "user", "content": [{"type": "input_text", "text": "Answer now."}]},
    ]


async def test_thoughts_go_back_to_the_model_that_had_them_and_to_no_other():
    claudes, gpts = Thought("claude-sonnet-5-5", MIND), Thought("gpt-6-luna", REASONING)
    request = looked_up(claudes, gpts)
    said = (await sent(CLAUDE, request))["messages"][-2]["content"]
    items = (await sent(GPT, request))["input"]
    assert said[0] == MIND
    assert REASONING not in said
    assert items[1] == REASONING
    assert MIND not in items


async def test_a_failure_is_told_to_claude_as_one():
    failed = ModelMessage("user", (ToolResult("toolu_1", "No.", failed=True),))
    asked = looked_up().messages[:-1]
    body = await sent(CLAUDE, ask(messages=(*asked, failed), tools=(LOOK_UP,)))
    assert body["messages"][-1]["content"][0]["is_error"] is True


async def test_what_was_no_json_goes_back_as_an_empty_object():
    request = looked_up(arguments="{")
    assert (await sent(CLAUDE, request))["messages"][-2]["content"][-1]["input"] == {}
    assert (await sent(GPT, request))["input"][2]["arguments"] == "{}"


async def test_an_id_of_the_other_provider_is_made_to_fit():
    use = ModelMessage("assistant", (ToolUse("call:1|x", "search_library", "{}"),))
    found = ModelMessage("user", (ToolResult("call:1|x", "“Ninety.”"),))
    *_, said, told = (await sent(CLAUDE, ask(messages=(*ask().messages, use, found), tools=(LOOK_UP,))))[
        "messages"
    ]
    assert said["content"][0]["id"] == told["content"][0]["tool_use_id"] == "call_1_x"


def test_models_that_do_not_think_are_not_asked_for_it():
    told = {
        model: "include" in response_params(model, ask(tools=(LOOK_UP,)))
        for model in ("gpt-4.1", "gpt-6-sol")
    }
    assert told == {"gpt-4.1": False, "gpt-6-sol": True}


def test_estimates_count_tools_their_uses_and_results():
    bare, offered, used = ask(), ask(tools=(LOOK_UP,)), looked_up()
    long = looked_up(arguments='{"query":"' + "x" * 3_500 + '"}')
    assert estimate_request(bare) < estimate_request(offered) < estimate_request(used)
    assert estimate_request(long) - estimate_request(used) > 900
