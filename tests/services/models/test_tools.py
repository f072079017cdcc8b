"""Tools at both providers: what a model asks for.

The events are what the providers send, shortened to what matters.
"""

from __future__ import annotations

import httpx2
import pytest

from services.entities.tools import Thought, ToolUse
from services.errors import ModelBroke, ModelUnavailable
from services.models.anthropic.reading import MessageReading
from services.models.arguments import arguments_of
from services.models.openai.reading import ResponseReading
from services.ports.models import Finished, TextDelta
from tests.services.models.providers import (
    HANG,
    IMPATIENT,
    Anthropic,
    OpenAI,
    Provider,
    answering,
    ask,
    event,
)
from tests.services.models.tools import LOOK_UP

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
