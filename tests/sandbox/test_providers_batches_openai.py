"""Files, batches and stored responses, spoken to by OpenAI's own client."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest

from sandbox.providers import Fault
from tests.sandbox.providers_support import GPT, Desk, running


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running() as desk:
        yield desk


def asking(custom_id: str, text: str, **more: Any) -> dict[str, Any]:
    body = {"model": GPT, "input": f"say exactly: {text}", **more}
    return {"custom_id": custom_id, "method": "POST", "url": "/v1/responses", "body": body}


def jsonl(*rows: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


async def batch_of(desk: Desk, data: bytes, **more: Any) -> Any:
    file = await desk.openai.files.create(file=("batch.jsonl", data), purpose="batch")
    window = {"endpoint": "/v1/responses", "completion_window": "24h"}
    return await desk.openai.batches.create(**{"input_file_id": file.id, **window, **more})


async def rows(desk: Desk, file_id: str) -> dict[str, Any]:
    content = await desk.openai.files.content(file_id)
    return {row["custom_id"]: row for row in map(json.loads, content.text.splitlines())}


async def test_a_batch_is_answered_at_once_unless_told_otherwise(desk: Desk) -> None:
    created = await batch_of(desk, jsonl(asking("a", "one"), asking("b", "two")), metadata={"job": "7"})
    assert created.status == "validating"
    batch = await desk.openai.batches.retrieve(created.id)
    assert (batch.status, batch.request_counts.completed, batch.metadata) == ("completed", 2, {"job": "7"})
    assert (batch.model, batch.error_file_id) == (GPT, None)
    answers = await rows(desk, batch.output_file_id)
    assert answers["b"]["response"]["status_code"] == 200
    assert answers["b"]["response"]["body"]["output"][0]["content"][0]["text"] == "two"
    assert batch.usage.output_tokens == sum(paid.output_tokens for paid in desk.providers.ledger)


async def test_a_batch_takes_the_time_it_is_given(desk: Desk) -> None:
    desk.providers.batch_delay = 60
    created = await batch_of(desk, jsonl(asking("a", "one")))
    waiting = await desk.openai.batches.retrieve(created.id)
    assert (waiting.status, waiting.output_file_id, len(desk.providers.ledger)) == ("in_progress", None, 0)
    desk.clock.forward(60)
    assert (await desk.openai.batches.retrieve(created.id)).status == "completed"


async def test_what_a_batch_costs_is_marked_as_half_price(desk: Desk) -> None:
    await desk.openai.responses.create(model=GPT, input="hello")
    await batch_of(desk, jsonl(asking("a", "one")))
    assert [paid.batch for paid in desk.providers.ledger] == [False, True]


async def test_wrong_requests_are_told_in_the_error_file(desk: Desk) -> None:
    desk.providers.faults.push("openai", Fault("status", status=429))
    lines = jsonl(asking("late", "x"), asking("wrong", "x", top_song=1), asking("right", "yes"))
    batch = await desk.openai.batches.retrieve((await batch_of(desk, lines)).id)
    assert (batch.request_counts.completed, batch.request_counts.failed) == (1, 2)
    wrong = await rows(desk, batch.error_file_id)
    assert {name: row["response"]["status_code"] for name, row in wrong.items()} == {
        "late": 429,
        "wrong": 400,
    }
    assert wrong["wrong"]["response"]["body"]["error"]["param"] == "top_song"
    assert list(await rows(desk, batch.output_file_id)) == ["right"]


async def test_a_cancelled_batch_pays_nothing(desk: Desk) -> None:
    desk.providers.batch_delay = 60
    created = await batch_of(desk, jsonl(asking("a", "one")))
    assert (await desk.openai.batches.cancel(created.id)).status == "cancelling"
    ended = await desk.openai.batches.retrieve(created.id)
    assert (ended.status, ended.output_file_id, len(desk.providers.ledger)) == ("cancelled", None, 0)
    with pytest.raises(openai.ConflictError, match="cancelled"):
        await desk.openai.batches.cancel(created.id)


async def test_a_batch_expires_after_a_day(desk: Desk) -> None:
    desk.providers.batch_delay = 100_000
    created = await batch_of(desk, jsonl(asking("a", "one")))
    desk.clock.forward(86_400)
    batch = await desk.openai.batches.retrieve(created.id)
    assert batch.status == "expired"
    assert (await rows(desk, batch.error_file_id))["a"]["error"]["code"] == "batch_expired"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\n", "empty_file"),
        (b"{nonsense\n", "invalid_json_line"),
        (jsonl(asking("a", "x"), asking("a", "x")), "duplicate_custom_id"),
        (jsonl(asking("a", "x"), asking("b", "x", model="gpt-6-sol")), "mismatched_model"),
        (jsonl({**asking("a", "x"), "url": "/v1/embeddings"}), "invalid_url"),
        (jsonl({"method": "POST", "url": "/v1/responses", "body": {}}), "missing_required_parameter"),
    ],
)
async def test_a_bad_file_fails_the_whole_batch(desk: Desk, data: bytes, code: str) -> None:
    batch = await desk.openai.batches.retrieve((await batch_of(desk, data)).id)
    assert (batch.status, batch.errors.data[0].code) == ("failed", code)
    assert len(desk.providers.ledger) == 0


@pytest.mark.parametrize(
    "order",
    [
        {"input_file_id": "file-none"},
        {"endpoint": "/v1/embeddings"},
        {"completion_window": "1h"},
        {"extra_body": {"priority": 1}},
    ],
)
async def test_bad_orders_are_refused(desk: Desk, order: dict[str, Any]) -> None:
    with pytest.raises(openai.BadRequestError):
        await batch_of(desk, jsonl(asking("a", "x")), **order)


async def test_batches_are_listed_newest_first_page_by_page(desk: Desk) -> None:
    made = [(await batch_of(desk, jsonl(asking("a", str(at))))).id for at in range(3)]
    page = await desk.openai.batches.list(limit=2)
    assert [each.id for each in page.data] == [made[2], made[1]]
    assert [each.id async for each in page] == made[::-1]


async def test_a_file_is_kept_until_it_is_deleted(desk: Desk) -> None:
    file = await desk.openai.files.create(file=("batch.jsonl", b"{}"), purpose="batch")
    assert (file.bytes, file.filename, file.purpose) == (2, "batch.jsonl", "batch")
    assert [each.id for each in (await desk.openai.files.list()).data] == [file.id]
    assert (await desk.openai.files.delete(file.id)).deleted
    with pytest.raises(openai.NotFoundError):
        await desk.openai.files.retrieve(file.id)


async def test_a_file_goes_when_its_time_is_over(desk: Desk) -> None:
    file = await desk.openai.files.create(
        file=("b.jsonl", b"{}"), purpose="batch", expires_after={"anchor": "created_at", "seconds": 3_600}
    )
    assert file.expires_at == file.created_at + 3_600
    desk.clock.forward(3_600)
    with pytest.raises(openai.NotFoundError):
        await desk.openai.files.content(file.id)


@pytest.mark.parametrize(("name", "purpose"), [("a.jsonl", "vision"), ("a.txt", "batch")])
async def test_other_files_are_refused(desk: Desk, name: str, purpose: Any) -> None:
    with pytest.raises(openai.BadRequestError):
        await desk.openai.files.create(file=(name, b"{}"), purpose=purpose)


async def test_a_stored_response_is_read_again_until_it_is_deleted(desk: Desk) -> None:
    answer = await desk.openai.responses.create(model=GPT, input="say exactly: one", store=True)
    again = await desk.openai.responses.retrieve(answer.id)
    assert (again.output_text, again.usage) == ("one", answer.usage)
    await desk.openai.responses.delete(answer.id)
    with pytest.raises(openai.NotFoundError):
        await desk.openai.responses.retrieve(answer.id)


async def test_a_response_that_was_not_stored_is_gone(desk: Desk) -> None:
    answer = await desk.openai.responses.create(model=GPT, input="hello", store=False)
    with pytest.raises(openai.NotFoundError):
        await desk.openai.responses.retrieve(answer.id)
