"""Prompt caching at both providers, computed from what was really sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.sandbox.providers_support import CLAUDE, GPT, HAIKU, Desk, running

LONG = "The launch plan has many parts. " * 200
LONG_TOKENS = 1_603


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running() as desk:
        yield desk


def part(text: str, ttl: str | None = None) -> dict[str, Any]:
    mark = {"cache_control": {"type": "ephemeral", **({"ttl": ttl} if ttl != "5m" else {})}} if ttl else {}
    return {"type": "text", "text": text, **mark}


async def ask(desk: Desk, *, model: str = CLAUDE, **more: Any) -> Any:
    asked = {"model": model, "max_tokens": 50, "system": [part(LONG, "5m")], **more}
    asked.setdefault("messages", [{"role": "user", "content": "hello"}])
    return (await desk.anthropic.messages.create(**asked)).usage


async def test_a_marked_prefix_is_written_once_and_then_read(desk: Desk) -> None:
    first, second = await ask(desk), await ask(desk)
    assert (first.cache_creation_input_tokens, first.cache_read_input_tokens) == (LONG_TOKENS, 0)
    assert (second.cache_creation_input_tokens, second.cache_read_input_tokens) == (0, LONG_TOKENS)
    assert first.input_tokens == second.input_tokens > 0


async def test_a_hit_needs_the_very_same_prefix(desk: Desk) -> None:
    await ask(desk)
    changed = await ask(desk, system=[part("!" + LONG, "5m")])
    assert changed.cache_read_input_tokens == 0


async def test_models_do_not_share_a_cache(desk: Desk) -> None:
    await ask(desk)
    assert (await ask(desk, model="claude-opus-5-5")).cache_read_input_tokens == 0


async def test_tools_stand_before_the_system_text(desk: Desk) -> None:
    tool = {"name": "noop", "input_schema": {"type": "object"}}
    await ask(desk)
    assert (await ask(desk, tools=[tool], tool_choice={"type": "none"})).cache_read_input_tokens == 0


async def test_the_cache_forgets_after_five_minutes_without_use(desk: Desk) -> None:
    await ask(desk)
    desk.clock.forward(299)
    assert (await ask(desk)).cache_read_input_tokens == LONG_TOKENS
    desk.clock.forward(299)
    assert (await ask(desk)).cache_read_input_tokens == LONG_TOKENS
    desk.clock.forward(301)
    assert (await ask(desk)).cache_read_input_tokens == 0


async def test_an_hour_lasts_an_hour_and_is_counted_apart(desk: Desk) -> None:
    first = await ask(desk, system=[part(LONG, "1h")])
    assert first.cache_creation.ephemeral_1h_input_tokens == LONG_TOKENS
    assert first.cache_creation.ephemeral_5m_input_tokens == 0
    desk.clock.forward(3_500)
    assert (await ask(desk, system=[part(LONG, "1h")])).cache_read_input_tokens == LONG_TOKENS


async def test_short_prefixes_are_not_cached(desk: Desk) -> None:
    for model, text in ((CLAUDE, "short " * 100), (HAIKU, LONG)):
        for _ in range(2):
            usage = await ask(desk, model=model, system=[part(text, "5m")])
            assert usage.cache_creation_input_tokens == usage.cache_read_input_tokens == 0


async def test_a_growing_thread_reads_what_it_wrote_a_turn_ago(desk: Desk) -> None:
    messages: list[dict[str, Any]] = []
    usages = []
    for turn in range(3):
        messages.append({"role": "user", "content": [part(f"say exactly: {turn} " + "word " * 300)]})
        usages.append(await ask(desk, messages=messages, cache_control={"type": "ephemeral"}))
        messages.append({"role": "assistant", "content": "Done."})
    totals = [each.cache_read_input_tokens + each.cache_creation_input_tokens for each in usages]
    assert [each.cache_read_input_tokens for each in usages] == [0, *totals[:2]]
    assert [each.input_tokens for each in usages] == [0, 0, 0]


async def test_a_breakpoint_looks_back_twenty_blocks_and_no_further(desk: Desk) -> None:
    def thread(blocks: int) -> list[dict[str, Any]]:
        middle = [part(f"note {at}") for at in range(blocks)]
        return [
            {
                "role": "user",
                "content": [part(LONG, "5m")] if not blocks else [part(LONG), *middle, part("q", "5m")],
            }
        ]

    await ask(desk, system="Hi.", messages=thread(0))
    assert (await ask(desk, system="Hi.", messages=thread(30))).cache_read_input_tokens == 0
    assert (await ask(desk, system="Hi.", messages=thread(10))).cache_read_input_tokens > LONG_TOKENS


async def test_the_ledger_counts_the_whole_prompt(desk: Desk) -> None:
    await ask(desk)
    await ask(desk)
    written, read = desk.providers.ledger
    assert written.input_tokens == read.input_tokens > LONG_TOKENS
    assert (written.cache_write_tokens, read.cached_tokens) == (LONG_TOKENS, LONG_TOKENS)


async def respond(desk: Desk, text: str = "hello", **more: Any) -> Any:
    answer = await desk.openai.responses.create(**{"model": GPT, "instructions": LONG, "input": text, **more})
    assert answer.usage is not None
    return answer.usage


async def test_openai_caches_by_itself_and_counts_cached_tokens_in(desk: Desk) -> None:
    first, second = await respond(desk), await respond(desk)
    assert first.input_tokens_details.cache_write_tokens == first.input_tokens > LONG_TOKENS
    assert second.input_tokens_details.cached_tokens == second.input_tokens == first.input_tokens
    assert second.input_tokens_details.cache_write_tokens == 0


async def test_openai_matches_at_breakpoints_only(desk: Desk) -> None:
    await respond(desk, "one question")
    assert (await respond(desk, "another question")).input_tokens_details.cached_tokens == 0


async def test_an_explicit_breakpoint_lets_threads_share_their_start(desk: Desk) -> None:
    def thread(question: str) -> list[dict[str, Any]]:
        shared = {
            "type": "input_text",
            "text": LONG,
            "prompt_cache_breakpoint": {"mode": "explicit", "ttl": "12h"},
        }
        return [{"role": "developer", "content": [shared]}, {"role": "user", "content": question}]

    asked = {"instructions": None, "prompt_cache_options": {"mode": "explicit"}}
    first = await respond(desk, thread("one"), **asked)
    second = await respond(desk, thread("two"), **asked)
    assert first.input_tokens_details.cache_write_tokens_details.ttl_12h_tokens == LONG_TOKENS
    assert second.input_tokens_details.cached_tokens == LONG_TOKENS


async def test_the_cache_key_keeps_callers_apart(desk: Desk) -> None:
    await respond(desk, prompt_cache_key="one")
    assert (await respond(desk, prompt_cache_key="two")).input_tokens_details.cached_tokens == 0
    assert (await respond(desk, prompt_cache_key="one")).input_tokens_details.cached_tokens > 0


async def test_older_models_share_any_prefix_in_steps_and_pay_no_writes(desk: Desk) -> None:
    first = await respond(desk, "one question", model="gpt-5.5")
    second = await respond(desk, "another question", model="gpt-5.5")
    assert first.input_tokens_details.cache_write_tokens == 0
    assert second.input_tokens_details.cached_tokens == LONG_TOKENS // 128 * 128


async def test_openai_forgets_after_half_an_hour(desk: Desk) -> None:
    await respond(desk)
    desk.clock.forward(1_801)
    assert (await respond(desk)).input_tokens_details.cached_tokens == 0


async def test_a_growing_thread_of_openai_reads_its_turn_before(desk: Desk) -> None:
    thread: list[dict[str, Any]] = []
    usages = []
    for turn in range(3):
        thread.append({"role": "user", "content": f"say exactly: {turn}"})
        usages.append(await respond(desk, thread, store=False, prompt_cache_key="thread"))
        thread.append({"role": "assistant", "content": "Done."})
    assert [each.input_tokens_details.cached_tokens for each in usages] == [
        0,
        *(each.input_tokens for each in usages[:2]),
    ]
