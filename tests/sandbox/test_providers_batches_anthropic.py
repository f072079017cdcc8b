"""Message Batches, spoken to by Anthropic's own client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anthropic
import pytest

from sandbox.providers import Fault
from tests.sandbox.providers_support import CLAUDE, Desk, running


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running() as desk:
        yield desk


def asking(custom_id: str, text: str, **more: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": f"say exactly: {text}"}]
    params = {"model": CLAUDE, "max_tokens": 100, "messages": messages, **more}
    return {"custom_id": custom_id, "params": params}


async def results(desk: Desk, batch_id: str) -> dict[str, Any]:
    found = [each async for each in await desk.anthropic.messages.batches.results(batch_id)]
    return {each.custom_id: each.result for each in found}


async def test_a_batch_is_answered_at_once_unless_told_otherwise(desk: Desk) -> None:
    created = await desk.anthropic.messages.batches.create(requests=[asking("a", "one"), asking("b", "two")])
    assert (created.processing_status, created.request_counts.processing) == ("in_progress", 2)
    batch = await desk.anthropic.messages.batches.retrieve(created.id)
    assert (batch.processing_status, batch.request_counts.succeeded) == ("ended", 2)
    answers = await results(desk, batch.id)
    assert {name: each.message.content[0].text for name, each in answers.items()} == {"a": "one", "b": "two"}
    assert answers["a"].message.usage.service_tier == "batch"


async def test_a_batch_takes_the_time_it_is_given(desk: Desk) -> None:
    desk.providers.batch_delay = 60
    created = await desk.anthropic.messages.batches.create(requests=[asking("a", "one")])
    desk.clock.forward(59)
    waiting = await desk.anthropic.messages.batches.retrieve(created.id)
    assert (waiting.processing_status, waiting.results_url) == ("in_progress", None)
    assert len(desk.providers.ledger) == 0
    desk.clock.forward(1)
    assert (await desk.anthropic.messages.batches.retrieve(created.id)).processing_status == "ended"


async def test_what_a_batch_costs_is_marked_as_half_price(desk: Desk) -> None:
    await desk.ask("say exactly: alone")
    await desk.anthropic.messages.batches.create(requests=[asking("a", "one")])
    assert [(paid.batch, paid.status, paid.output_tokens) for paid in desk.providers.ledger] == [
        (False, "finished", 2),
        (True, "finished", 1),
    ]


async def test_a_wrong_request_errs_alone(desk: Desk) -> None:
    wrong = [asking("hot", "x", temperature=1.0), asking("stream", "x", stream=True)]
    batch = await desk.anthropic.messages.batches.create(requests=[*wrong, asking("right", "yes")])
    answers = await results(desk, batch.id)
    assert [answers[name].type for name in ("hot", "stream", "right")] == ["errored", "errored", "succeeded"]
    assert answers["hot"].error.error.type == "invalid_request_error"
    assert [paid.batch for paid in desk.providers.ledger] == [True]


async def test_a_request_of_a_batch_meets_the_faults_that_wait(desk: Desk) -> None:
    desk.providers.faults.push("anthropic", Fault("status", status=529), Fault("refuse"))
    batch = await desk.anthropic.messages.batches.create(requests=[asking("a", "x"), asking("b", "x")])
    answers = await results(desk, batch.id)
    assert [answers[name].error.error.type for name in ("a", "b")] == ["overloaded_error", "api_error"]


async def test_a_cancelled_batch_pays_nothing(desk: Desk) -> None:
    desk.providers.batch_delay = 60
    created = await desk.anthropic.messages.batches.create(requests=[asking("a", "one")])
    assert (await desk.anthropic.messages.batches.cancel(created.id)).processing_status == "canceling"
    ended = await desk.anthropic.messages.batches.retrieve(created.id)
    assert (ended.processing_status, ended.request_counts.canceled) == ("ended", 1)
    assert (await results(desk, created.id))["a"].type == "canceled"
    assert len(desk.providers.ledger) == 0


async def test_a_batch_expires_after_a_day(desk: Desk) -> None:
    desk.providers.batch_delay = 100_000
    created = await desk.anthropic.messages.batches.create(requests=[asking("a", "one")])
    desk.clock.forward(86_400)
    assert (await desk.anthropic.messages.batches.retrieve(created.id)).request_counts.expired == 1
    assert (await results(desk, created.id))["a"].type == "expired"


async def test_an_ended_batch_is_deleted_but_not_cancelled(desk: Desk) -> None:
    created = await desk.anthropic.messages.batches.create(requests=[asking("a", "one")])
    with pytest.raises(anthropic.BadRequestError, match="has ended"):
        await desk.anthropic.messages.batches.cancel(created.id)
    assert (await desk.anthropic.messages.batches.delete(created.id)).type == "message_batch_deleted"
    with pytest.raises(anthropic.NotFoundError):
        await desk.anthropic.messages.batches.retrieve(created.id)


async def test_a_batch_under_way_cannot_be_deleted_and_has_no_results(desk: Desk) -> None:
    desk.providers.batch_delay = 60
    created = await desk.anthropic.messages.batches.create(requests=[asking("a", "one")])
    with pytest.raises(anthropic.BadRequestError, match="cancel it first"):
        await desk.anthropic.messages.batches.delete(created.id)
    headers = {"x-api-key": "sk-ant-sandbox", "anthropic-version": "2026-10-21"}
    async with desk.http.get(
        f"/anthropic/v1/messages/batches/{created.id}/results", headers=headers
    ) as response:
        assert response.status == 404


async def test_batches_are_listed_newest_first_page_by_page(desk: Desk) -> None:
    made = [
        (await desk.anthropic.messages.batches.create(requests=[asking("a", str(at))])).id for at in range(3)
    ]
    page = await desk.anthropic.messages.batches.list(limit=2)
    assert ([each.id for each in page.data], page.has_more) == ([made[2], made[1]], True)
    assert [each.id async for each in page] == made[::-1]
    newer = await desk.anthropic.messages.batches.list(before_id=made[0], limit=1)
    assert ([each.id for each in newer.data], newer.has_more) == ([made[1]], True)


@pytest.mark.parametrize(
    ("requests", "message"),
    [
        ([], "at least 1 item"),
        ([asking("same", "x"), asking("same", "x")], "custom_id same is not unique"),
        ([asking("not good", "x")], "custom_id"),
        ([{"custom_id": "a"}], "params"),
        ([{**asking("a", "x"), "url": "/v1"}], "Extra inputs"),
    ],
)
async def test_bad_batches_are_refused(desk: Desk, requests: list[Any], message: str) -> None:
    with pytest.raises(anthropic.BadRequestError, match=message):
        await desk.anthropic.messages.batches.create(requests=requests)
