"""What was paid, and the control API over it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.providers import Fault
from sandbox.providers.ledger import Ledger, Paid
from tests.sandbox.providers_support import CLAUDE, GPT, Desk, running


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running() as desk:
        yield desk


def paid(number: int) -> Paid:
    return Paid(
        request_id=f"req_{number}",
        answer_id="msg",
        provider="anthropic",
        model=CLAUDE,
        streamed=False,
        input_tokens=1,
        cached_tokens=0,
        cache_write_tokens=0,
        started=0.0,
        body_sha="",
        headers={},
        body={"number": number},
    )


async def control(desk: Desk, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    method = "GET" if body is None else "POST"
    async with desk.http.request(method, f"/control/providers/{path}", json=body) as response:
        return {"status": response.status, **await response.json()}


async def test_a_paid_request_is_written_down(desk: Desk) -> None:
    answer = await desk.openai.responses.create(model=GPT, input="say exactly: abcdefgh")
    entry = desk.providers.ledger[0]
    assert (entry.provider, entry.model, entry.status, entry.stop) == ("openai", GPT, "finished", "completed")
    assert (entry.answer_id, entry.output_tokens, entry.streamed) == (answer.id, 2, False)
    assert entry.body == {"model": GPT, "input": "say exactly: abcdefgh"}
    assert entry.headers["authorization"] == "redacted"
    assert entry.started == entry.finished == desk.clock.now


async def test_the_request_is_fingerprinted_as_it_came(desk: Desk) -> None:
    raw = b'{"model": "gpt-6-luna",  "input": "hello"}'
    headers = {"authorization": "Bearer sk-sandbox", "content-type": "application/json"}
    async with desk.http.post("/openai/v1/responses", data=raw, headers=headers) as response:
        assert response.headers["x-request-id"] == desk.providers.ledger[0].request_id
    assert desk.providers.ledger[0].body_sha == hashlib.sha256(raw).hexdigest()


async def test_the_usage_kept_is_the_usage_told(desk: Desk) -> None:
    answer = await desk.anthropic.messages.create(
        model=CLAUDE, max_tokens=9, messages=[{"role": "user", "content": "hello"}]
    )
    kept = desk.providers.ledger[0].usage
    assert (kept["input_tokens"], kept["output_tokens"]) == (
        answer.usage.input_tokens,
        answer.usage.output_tokens,
    )


def test_only_the_last_bodies_are_kept() -> None:
    ledger = Ledger(keep_bodies=2)
    for number in range(4):
        ledger.record(paid(number))
    assert [entry.body for entry in ledger] == [None, None, {"number": 2}, {"number": 3}]


async def test_the_ledger_is_read_over_http(desk: Desk) -> None:
    await desk.ask("hello")
    shown = await control(desk, "ledger?provider=anthropic&bodies=1")
    assert (shown["count"], shown["paid"][0]["model"]) == (1, CLAUDE)
    assert shown["paid"][0]["body"]["messages"]
    assert shown["totals"]["output_tokens"] == desk.providers.ledger[0].output_tokens
    assert (await control(desk, "ledger?provider=openai"))["paid"] == []


async def test_faults_are_ordered_over_http(desk: Desk) -> None:
    await control(desk, "faults", {"provider": "openai", "kind": "status", "status": 429, "times": 2})
    await control(desk, "faults", {"provider": "openai", "kind": "slow", "seconds": 1, "standing": True})
    assert desk.providers.faults.pending("openai") == [Fault("status", status=429)] * 2
    assert desk.providers.faults.standing("openai") == Fault("slow", seconds=1)
    await control(desk, "faults", {"provider": "openai", "clear": True})
    shown = await control(desk, "faults")
    assert shown["faults"]["openai"] == {"queued": [], "standing": None}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", {"provider": "other", "kind": "cut"}),
        ("faults", {"provider": "openai", "kind": "explode"}),
        ("faults", {"provider": "openai", "kind": "cut", "loud": True}),
        ("speed", {"tokens_per_second": -1}),
        ("batches", {"delay": -1}),
    ],
)
async def test_orders_that_make_no_sense_are_refused(desk: Desk, path: str, body: dict[str, Any]) -> None:
    answer = await control(desk, path, body)
    assert (answer["status"], answer["ok"], answer["error"]) == (400, False, "invalid_arguments")


async def test_the_speed_is_set_over_http(desk: Desk) -> None:
    await control(desk, "speed", {"tokens_per_second": 60})
    assert desk.providers.speed == 60


async def test_the_delay_of_batches_is_set_over_http(desk: Desk) -> None:
    assert (await control(desk, "batches", {"delay": 30}))["delay"] == 30
    assert (await control(desk, "batches"))["delay"] == desk.providers.batch_delay == 30


async def test_a_reset_forgets_everything_but_the_speed(desk: Desk) -> None:
    desk.providers.speed = 1_000
    await desk.ask("hello")
    desk.providers.faults.push("anthropic", Fault("refuse"))
    await control(desk, "reset", {})
    assert len(desk.providers.ledger) == 0
    assert desk.providers.faults.pending("anthropic") == []
    assert desk.providers.speed == 1_000
