"""The adapters against the sandbox's providers: both sides have to mean the same by the same bytes."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from sandbox.providers import Fault, Providers
from services.entities.calls import Usage
from services.errors import ModelBroke, ModelUnavailable
from services.models.anthropic import AnthropicModel, anthropic_client
from services.models.estimate import estimate_request
from services.models.openai import OpenAIModel, openai_client
from services.models.streaming import Timeouts
from services.ports.models import ModelMessage, TextPart, Tool, ToolResult
from tests.services.models.providers import ask, image

LONG = TextPart("We cut the interview in the order of the questions. " * 400, cache=True)


@pytest.fixture
async def house():
    return Providers(seed=1)


@pytest.fixture
async def address(house):
    app = web.Application()
    app.add_routes(house.routes())
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.fixture(params=["anthropic", "openai"])
async def model(request, address):
    if request.param == "anthropic":
        async with anthropic_client("sk-ant-sandbox", f"{address}/anthropic") as client:
            yield AnthropicModel(client, "claude-sonnet-5-5", Timeouts(stall=0.5))
    else:
        async with openai_client("sk-sandbox", f"{address}/openai/v1") as client:
            yield OpenAIModel(client, "gpt-6-luna", Timeouts(stall=0.5))


async def heard(model, request):
    *deltas, last = [event async for event in model.stream(request)]
    return "".join(delta.text for delta in deltas), last


def counted(paid) -> Usage:
    return Usage(paid.input_tokens, paid.cached_tokens, paid.cache_write_tokens, paid.output_tokens)


async def test_our_count_is_the_providers_count(model, house):
    text, last = await heard(model, ask())
    assert text
    assert last.usage == counted(house.ledger[-1])


async def test_a_long_prefix_is_read_from_the_cache_the_second_time(model, house):
    request = ask(system=(LONG,), cache_key="conversation-1")
    (_, first), (_, second) = [await heard(model, request) for _ in range(2)]
    assert (first.usage.cached_write, second.usage.cached_read) > (0, 0)
    assert [first.usage, second.usage] == [counted(paid) for paid in house.ledger]


async def test_a_conversation_with_an_image_is_taken(model):
    png = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
    said = ModelMessage("assistant", (TextPart("A rough cut."),))
    shown = ModelMessage("user", (TextPart("And this?"), image(png)))
    text, _ = await heard(model, ask(messages=(*ask().messages, said, shown)))
    assert text


@pytest.mark.parametrize("status", [429, 500, 529])
async def test_a_provider_in_trouble_is_unavailable(model, house, status):
    house.faults.push(model.provider, Fault("status", status=status))
    with pytest.raises(ModelUnavailable) as failure:
        await heard(model, ask())
    assert failure.value.status == status


@pytest.mark.parametrize("fault", [Fault("cut", at=3), Fault("stall", at=3), Fault("error_event", at=3)])
async def test_an_answer_that_fails_after_some_tokens_is_broken(model, house, fault):
    house.faults.push(model.provider, fault)
    with pytest.raises(ModelBroke) as failure:
        await heard(model, ask())
    assert failure.value.usage.estimated


@pytest.mark.parametrize(("kind", "stop"), [("refusal", "refusal"), ("max_tokens", "length")])
async def test_why_it_stopped_is_told(model, house, kind, stop):
    house.faults.push(model.provider, Fault(kind, at=3))
    _, last = await heard(model, ask())
    assert last.stop == stop


LOOK_UP = Tool(
    "search_library",
    "Searches the team's library for passages.",
    {
        "type": "object",
        "properties": {"query": {"type": "string"}, "type": {"type": "string", "enum": ["video", "audio"]}},
        "required": ["query"],
    },
)
FOUND = "- [Interview, 1:00](https://acme.slack.com/archives/C1/p1): “Prices start at ninety euros.”"


def after(request, last, found=FOUND):
    """The request of the next round."""
    said = ModelMessage("assistant", (*last.thoughts, *last.uses))
    told = ModelMessage("user", tuple(ToolResult(use.id, found) for use in last.uses))
    return replace(request, messages=(*request.messages, said, told))


async def test_what_a_model_looks_up_at_one_provider_may_be_answered_at_either(model, house, address):
    request = ask("What did she say about pricing?", tools=(LOOK_UP,), system=(LONG,), cache_key="c1")
    text, first = await heard(model, request)
    assert (text, first.stop, house.ledger[-1].stop) in {
        ("", "tools", "tool_use"),
        ("", "tools", "completed"),
    }
    [use] = first.uses
    assert {name: value for name, value in orjson.loads(use.arguments).items() if value} == {
        "query": "pricing"
    }
    second = after(request, first)
    async with (
        anthropic_client("sk-ant-sandbox", f"{address}/anthropic") as claudes,
        openai_client("sk-sandbox", f"{address}/openai/v1") as gpts,
    ):
        others = (AnthropicModel(claudes, "claude-haiku-5-5"), OpenAIModel(gpts, "gpt-6.1-sol"))
        for each in (model, *others):
            text, last = await heard(each, second)
            assert f"> {FOUND.removeprefix('- ')}" in text
            assert last.usage == counted(house.ledger[-1])


async def test_a_second_round_reads_the_first_from_the_cache(model, house):
    request = ask("What did she say about pricing?", tools=(LOOK_UP,), system=(LONG,), cache_key="c1")
    _, first = await heard(model, request)
    _, second = await heard(model, after(request, first))
    assert first.usage.cached_write > 0
    assert second.usage.cached_read == first.usage.cached_write


async def test_in_the_last_round_it_answers(model):
    request = ask("What did she say about pricing?", tools=(LOOK_UP,), may_use=False)
    text, last = await heard(model, request)
    assert (bool(text), last.stop, last.uses) == (True, "end", ())


async def test_our_estimate_of_tools_is_on_the_high_side(model, house):
    request = ask("What did she say about pricing?", tools=(LOOK_UP,))
    for each in (request, after(request, (await heard(model, request))[1])):
        await heard(model, each)
        assert house.ledger[-1].input_tokens <= estimate_request(each)
