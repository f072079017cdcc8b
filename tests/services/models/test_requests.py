"""What is sent to each provider."""

from __future__ import annotations

from base64 import b64encode

import pytest

from services.errors import ModelUnavailable
from services.models.openai import response_params
from services.ports.models import ModelMessage, TextPart
from tests.services.models.providers import Anthropic, OpenAI, Recorder, answering, ask, image

CACHED = {"type": "ephemeral"}


async def sent(provider, request):
    recorder = Recorder(answering(provider.delta("Hi"), provider.end()))
    async for _ in provider.model(recorder).stream(request):
        pass
    return recorder


def user(*parts):
    return ModelMessage("user", tuple(TextPart(part) if isinstance(part, str) else part for part in parts))


def assistant(text):
    return ModelMessage("assistant", (TextPart(text),))


async def test_anthropic_gets_the_whole_request():
    recorder = await sent(Anthropic(), ask("Why?"))
    assert recorder.sent == {
        "model": "claude-sonnet-5-5",
        "max_tokens": 500,
        "stream": True,
        "system": [{"type": "text", "text": "Be brief."}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Why?"}]}],
    }
    assert recorder.requests[0].headers["authorization"] == "Bearer sk-ant-test"


async def test_openai_gets_the_whole_request_and_stores_nothing():
    recorder = await sent(OpenAI(), ask("Why?", cache_key="conversation-1"))
    assert recorder.sent == {
        "model": "gpt-6-luna",
        "max_output_tokens": 500,
        "stream": True,
        "store": False,
        "instructions": "Be brief.",
        "prompt_cache_key": "conversation-1",
        "prompt_cache_options": {"mode": "explicit", "ttl": "30m"},
        "input": [{"role": "user", "content": [{"type": "input_text", "text": "Why?"}]}],
    }
    assert recorder.requests[0].headers["authorization"] == "Bearer sk-test"


@pytest.mark.parametrize("provider", [Anthropic(), OpenAI()], ids=["anthropic", "openai"])
async def test_nothing_is_sent_twice_by_the_sdk(provider):
    recorder = Recorder(lambda _: provider.refused(529))
    with pytest.raises(ModelUnavailable):
        await anext(provider.model(recorder).stream(ask()))
    assert len(recorder.requests) == 1


async def test_anthropic_keeps_the_last_four_breakpoints():
    marked = [TextPart(f"part {n}", cache=True) for n in range(3)]
    request = ask(system=tuple(marked), messages=(user(*marked), assistant("ok"), user("now?")))
    body = (await sent(Anthropic(), request)).sent
    blocks = [*body["system"], *(block for message in body["messages"] for block in message["content"])]
    assert [block.get("cache_control") for block in blocks] == [None, None, *[CACHED] * 4, None, None]


async def test_openai_is_told_its_breakpoints():
    question = user(TextPart("One", cache=True))
    request = ask(system=(TextPart("Be"), TextPart("brief", cache=True)), messages=(question, user("two")))
    body = (await sent(OpenAI(), request)).sent
    mark = {"prompt_cache_breakpoint": {"mode": "explicit"}}
    assert body["input"] == [
        {
            "role": "developer",
            "content": [{"type": "input_text", "text": "Be"}, {"type": "input_text", "text": "brief"} | mark],
        },
        {"role": "user", "content": [{"type": "input_text", "text": "One"} | mark]},
        {"role": "user", "content": [{"type": "input_text", "text": "two"}]},
    ]
    assert "instructions" not in body


@pytest.mark.parametrize(
    ("model", "told"),
    [
        *(("gpt-5.6-luna", True), ("gpt-6-luna", True), ("gpt-6.1-sol", True), ("gpt-10", True)),
        *(("gpt-5.5", False), ("gpt-5", False), ("gpt-4.1-mini", False), ("gpt-4o", False), ("o5", False)),
    ],
)
def test_only_models_that_know_breakpoints_are_told_any(model, told):
    request = ask(system=(TextPart("Be brief", cache=True),), messages=(user(TextPart("One", cache=True)),))
    params = response_params(model, request)
    assert ("breakpoint" in str(params), "prompt_cache_options" in params) == (told, told)
    assert ("instructions" in params) is not told


async def test_anthropic_gets_neighbours_of_one_role_as_one_message():
    body = (
        await sent(Anthropic(), ask(messages=(user("One"), user("two"), assistant("ok"), user("three"))))
    ).sent
    assert [(m["role"], len(m["content"])) for m in body["messages"]] == [
        ("user", 2),
        ("assistant", 1),
        ("user", 1),
    ]


async def test_blank_texts_are_not_sent():
    messages = (user("One", " \n"), assistant(""), user("two"))
    body = (await sent(Anthropic(), ask(system=(TextPart(""),), messages=messages))).sent
    assert "system" not in body
    assert [(m["role"], len(m["content"])) for m in body["messages"]] == [("user", 1), ("user", 1)]


async def test_images_go_to_anthropic_as_base64_blocks():
    body = (await sent(Anthropic(), ask(messages=(user("What is this?", image(b"pixels")),)))).sent
    source = {"type": "base64", "media_type": "image/png", "data": b64encode(b"pixels").decode()}
    assert body["messages"][0]["content"][1] == {"type": "image", "source": source}


async def test_images_go_to_openai_as_data_urls():
    body = (await sent(OpenAI(), ask(messages=(user("What is this?", image(b"pixels")),)))).sent
    url = f"data:image/png;base64,{b64encode(b'pixels').decode()}"
    assert body["input"][0]["content"][1] == {"type": "input_image", "image_url": url, "detail": "auto"}


async def test_openai_gets_earlier_answers_as_plain_text():
    body = (await sent(OpenAI(), ask(messages=(user("One"), assistant("ok"), user("two"))))).sent
    assert body["input"][1] == {"role": "assistant", "content": "ok"}
