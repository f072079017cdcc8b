"""What the sandbox cannot do is refused; what it is asked for is told back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import anthropic
import openai
import pytest

from tests.sandbox.providers_support import CLAUDE, GPT, Desk, running


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running() as desk:
        yield desk


PLAIN = {"type": "text", "media_type": "text/plain", "data": "Tea is hot."}
ANTHROPIC: dict[str, tuple[dict[str, Any], str]] = {
    "a stored file": (
        {"type": "document", "source": {"type": "file", "file_id": "file_1"}},
        "File not found",
    ),
    "a picture in a stored file": (
        {"type": "image", "source": {"type": "file", "file_id": "file_1"}},
        "File not found",
    ),
    "a document of the web": (
        {"type": "document", "source": {"type": "url", "url": "https://example.com/a.pdf"}},
        "fetches nothing",
    ),
    "citations": ({"type": "document", "source": PLAIN, "citations": {"enabled": True}}, "citations"),
}
OPENAI: dict[str, tuple[dict[str, Any], str]] = {
    "a stored file": ({"type": "input_file", "file_id": "file-1"}, "No such File"),
    "a stored picture": ({"type": "input_image", "file_id": "file-1"}, "No such File"),
    "a file of the web": ({"type": "input_file", "file_url": "https://example.com/a.pdf"}, "fetches nothing"),
    "an empty file": ({"type": "input_file", "filename": "a.pdf"}, "file_data"),
    "an empty picture": ({"type": "input_image"}, "image_url"),
}


@pytest.mark.parametrize(("block", "message"), ANTHROPIC.values(), ids=ANTHROPIC)
async def test_claude_is_not_given_what_cannot_be_read(desk: Desk, block: Any, message: str) -> None:
    asked: Any = {"model": CLAUDE, "messages": [{"role": "user", "content": [block]}]}
    for call in (
        desk.anthropic.messages.create(**asked, max_tokens=9),
        desk.anthropic.messages.count_tokens(**asked),
    ):
        with pytest.raises((anthropic.BadRequestError, anthropic.NotFoundError), match=message):
            await call


@pytest.mark.parametrize(("part", "message"), OPENAI.values(), ids=OPENAI)
async def test_gpt_is_not_given_what_cannot_be_read(desk: Desk, part: Any, message: str) -> None:
    with pytest.raises(openai.BadRequestError, match=message):
        await desk.openai.responses.create(model=GPT, input=[{"role": "user", "content": [part]}])


async def test_a_json_object_is_one(desk: Desk) -> None:
    form: Any = {"format": {"type": "json_object"}}
    answer = await desk.openai.responses.create(model=GPT, input="Tea as JSON, please.", text=form)
    assert isinstance(json.loads(answer.output_text), dict)
    with pytest.raises(openai.BadRequestError, match="the word 'json'"):
        await desk.openai.responses.create(model=GPT, input="Tea, please.", text=form)


async def test_the_tier_and_speed_that_were_asked_for_are_told(desk: Desk) -> None:
    priority = await desk.openai.responses.create(model=GPT, input="hello", service_tier="priority")
    usual = await desk.openai.responses.create(model=GPT, input="hello", service_tier="auto")
    assert (priority.service_tier, usual.service_tier) == ("priority", "default")
    fast = await desk.anthropic.messages.create(
        model=CLAUDE,
        max_tokens=9,
        messages=[{"role": "user", "content": "hello"}],
        extra_body={"speed": "fast"},
    )
    assert fast.usage.model_dump()["speed"] == "fast"
