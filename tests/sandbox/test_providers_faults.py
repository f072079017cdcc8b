"""Trouble on demand: each fault as the SDKs meet it, and what the ledger says about it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import anthropic
import httpx2
import openai
import pytest

from sandbox.providers import Fault
from tests.sandbox.providers_support import CLAUDE, GPT, Desk, running, until

TEN = "say exactly: " + "abcd" * 10
AGES = 3_600.0


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running() as desk:
        yield desk


async def claude(desk: Desk, question: str = TEN, **more: Any) -> Any:
    messages = [{"role": "user", "content": question}]
    return await desk.anthropic.messages.create(
        **{"model": CLAUDE, "max_tokens": 500, **more}, messages=messages
    )


async def gpt(desk: Desk, question: str = TEN, **more: Any) -> Any:
    return await desk.openai.responses.create(**{"model": GPT, **more}, input=question)


async def claude_pieces(desk: Desk, into: list[str]) -> Any:
    messages = [{"role": "user", "content": TEN}]
    async with desk.anthropic.messages.stream(model=CLAUDE, max_tokens=500, messages=messages) as stream:
        async for event in stream:
            into += [event.text] if event.type == "text" else []
        return await stream.get_final_message()


async def gpt_pieces(desk: Desk, into: list[str]) -> list[Any]:
    events = []
    async for event in await gpt(desk, stream=True):
        events.append(event)
        if event.type == "response.output_text.delta":
            into.append(event.delta)
    return events


async def test_a_cut_stream_leaves_the_tokens_before_it(desk: Desk) -> None:
    desk.providers.faults.push("anthropic", Fault("cut", at=4))
    got: list[str] = []
    with pytest.raises(httpx2.RemoteProtocolError):  # Anthropic's client lets this one through as it is
        await claude_pieces(desk, got)
    await until(lambda: desk.providers.ledger[0].cut)
    assert got == ["abcd"] * 4
    assert desk.providers.ledger[0].output_tokens == 4


async def test_a_cut_stream_of_openai_leaves_the_tokens_before_it(desk: Desk) -> None:
    desk.providers.faults.push("openai", Fault("cut", at=3))
    got: list[str] = []
    with pytest.raises(openai.APIConnectionError):
        await gpt_pieces(desk, got)
    assert got == ["abcd"] * 3


async def test_an_answer_that_is_not_streamed_can_be_cut_too(desk: Desk) -> None:
    desk.providers.faults.push("anthropic", Fault("cut", at=4))
    with pytest.raises(anthropic.APIConnectionError):
        await claude(desk)
    paid = desk.providers.ledger[0]
    assert (paid.status, paid.output_tokens, paid.stop) == ("cut", 4, None)


async def test_an_overload_in_the_middle_of_a_stream_ends_it(desk: Desk) -> None:
    desk.providers.faults.push("anthropic", Fault("error_event", at=2))
    got: list[str] = []
    with pytest.raises(anthropic.APIStatusError) as caught:
        await claude_pieces(desk, got)
    assert caught.value.type == "overloaded_error"
    assert got == ["abcd"] * 2


async def test_an_error_event_of_openai_ends_the_stream(desk: Desk) -> None:
    desk.providers.faults.push(
        "openai", Fault("error_event", at=2), Fault("error_event", at=2, error="response.failed")
    )
    got: list[str] = []
    first, second = await gpt_pieces(desk, got), await gpt_pieces(desk, got)
    assert (first[-1].type, first[-1].code) == ("error", "server_error")
    assert (second[-1].type, second[-1].response.error.code) == ("response.failed", "server_error")
    assert [event.sequence_number for event in first] == list(range(len(first)))
    assert got == ["abcd"] * 4


async def test_without_a_stream_such_an_error_is_a_status(desk: Desk) -> None:
    desk.providers.faults.push("anthropic", Fault("error_event", at=2))
    with pytest.raises(anthropic.OverloadedError):
        await claude(desk)


async def test_a_stalled_stream_is_silent_and_the_ledger_notices_when_the_client_leaves(desk: Desk) -> None:
    desk.providers.faults.push("anthropic", Fault("stall", at=3, seconds=None))
    got: list[str] = []
    reading = asyncio.create_task(claude_pieces(desk, got))
    await until(lambda: len(got) == 3)
    paid = desk.providers.ledger[0]
    assert (paid.status, paid.output_tokens) == ("started", 3)
    reading.cancel()
    await until(lambda: paid.cut)
    assert paid.output_tokens == 3


async def test_a_stall_that_ends_goes_on_with_the_rest(desk: Desk) -> None:
    desk.providers.faults.push("openai", Fault("stall", at=3, seconds=0.05))
    got: list[str] = []
    events = await gpt_pieces(desk, got)
    assert events[-1].type == "response.completed"
    assert got == ["abcd"] * 10


async def test_a_hanging_request_is_taken_and_never_answered(desk: Desk) -> None:
    desk.providers.faults.push("openai", Fault("hang"), Fault("hang"))
    for streamed in (True, False):
        with pytest.raises(openai.APITimeoutError):
            await gpt(desk, stream=streamed, timeout=0.1)
    await until(lambda: [paid.status for paid in desk.providers.ledger] == ["cut", "cut"])


async def test_a_slow_first_token_leaves_an_open_silent_stream(desk: Desk) -> None:
    desk.providers.faults.push("anthropic", Fault("slow", seconds=AGES))
    got: list[str] = []
    reading = asyncio.create_task(claude_pieces(desk, got))
    await until(lambda: len(desk.providers.ledger) == 1)
    assert not got
    reading.cancel()
    await until(lambda: desk.providers.ledger[0].cut)
    assert desk.providers.ledger[0].output_tokens == 0


async def test_leaving_a_paced_stream_pays_for_what_was_sent(desk: Desk) -> None:
    desk.providers.speed = 50
    got: list[str] = []
    reading = asyncio.create_task(claude_pieces(desk, got))
    await until(lambda: len(got) >= 2)
    reading.cancel()
    await until(lambda: desk.providers.ledger[0].cut)
    assert 2 <= desk.providers.ledger[0].output_tokens < 10


async def test_leaving_an_answer_that_is_not_streamed_is_noticed(desk: Desk) -> None:
    desk.providers.speed = 1
    waiting = asyncio.create_task(gpt(desk))
    await until(lambda: len(desk.providers.ledger) == 1)
    waiting.cancel()
    await until(lambda: desk.providers.ledger[0].cut)


async def test_a_paced_stream_is_the_same_answer(desk: Desk) -> None:
    desk.providers.speed = 500
    got: list[str] = []
    final = await claude_pieces(desk, got)
    assert final.content[0].text == "".join(got) == "abcd" * 10
    assert (desk.providers.ledger[0].status, desk.providers.ledger[0].output_tokens) == ("finished", 10)


async def test_a_refusal_ends_an_answer_early(desk: Desk) -> None:
    desk.providers.faults.push("anthropic", Fault("refusal", at=2))
    answer = await claude(desk)
    assert (answer.stop_reason, answer.content[0].text) == ("refusal", "abcdabcd")
    assert answer.stop_details.category == "general_harms"


async def test_openai_refuses_in_a_part_of_its_own(desk: Desk) -> None:
    desk.providers.faults.push("openai", Fault("refusal", at=2))
    async with desk.openai.responses.stream(model=GPT, input=TEN) as stream:
        kinds = [event.type async for event in stream]
        final = await stream.get_final_response()
    assert "response.refusal.done" in kinds
    assert final.output[0].content[0].type == "refusal"


async def test_a_limit_can_be_reached_on_demand(desk: Desk) -> None:
    desk.providers.faults.push("anthropic", Fault("max_tokens", at=5))
    desk.providers.faults.push("openai", Fault("max_tokens", at=5))
    assert (await claude(desk)).stop_reason == "max_tokens"
    assert (await gpt(desk)).status == "incomplete"
    assert [paid.output_tokens for paid in desk.providers.ledger] == [5, 5]
