"""Tools at both providers: what is offered, and how what came of their uses is sent back."""

from __future__ import annotations

from typing import Any

from services.entities.tools import Thought, ToolUse
from services.models.estimate import estimate_request
from services.models.openai.request import response_params
from services.ports.models import ModelMessage, ModelRequest, TextPart, ToolResult
from tests.services.models.providers import Anthropic, OpenAI, Provider, Recorder, answering, ask
from tests.services.models.tools import LOOK_UP

CLAUDE, GPT = Anthropic(), OpenAI()
MIND = {"type": "thinking", "thinking": "Let me see.", "signature": "sig=="}
REASONING = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAA="}


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
