"""Requests that are turned away on demand, as the SDKs meet it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anthropic
import openai
import pytest

from sandbox.providers import Fault
from tests.sandbox.providers_support import CLAUDE, GPT, Desk, running


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running() as desk:
        yield desk


async def claude(desk: Desk, question: str = "hello", **more: Any) -> Any:
    messages = [{"role": "user", "content": question}]
    return await desk.anthropic.messages.create(
        **{"model": CLAUDE, "max_tokens": 500, **more}, messages=messages
    )


async def gpt(desk: Desk, question: str = "hello", **more: Any) -> Any:
    return await desk.openai.responses.create(**{"model": GPT, **more}, input=question)


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (400, anthropic.BadRequestError, "invalid_request_error"),
        (401, anthropic.AuthenticationError, "authentication_error"),
        (402, anthropic.PaymentRequiredError, "billing_error"),
        (403, anthropic.PermissionDeniedError, "permission_error"),
        (404, anthropic.NotFoundError, "not_found_error"),
        (429, anthropic.RateLimitError, "rate_limit_error"),
        (500, anthropic.InternalServerError, "api_error"),
        (503, anthropic.ServiceUnavailableError, "api_error"),
        (529, anthropic.OverloadedError, "overloaded_error"),
    ],
)
async def test_a_status_is_the_sdk_exception_of_that_name(
    desk: Desk, status: int, error: type[anthropic.APIStatusError], kind: str
) -> None:
    desk.providers.faults.push("anthropic", Fault("status", status=status))
    with pytest.raises(error) as caught:
        await claude(desk)
    assert (caught.value.status_code, caught.value.type) == (status, kind)
    assert await claude(desk)


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        (Fault("status", status=400), openai.BadRequestError, None),
        (Fault("status", status=401), openai.AuthenticationError, "invalid_api_key"),
        (Fault("status", status=402), openai.APIStatusError, None),
        (Fault("status", status=403), openai.PermissionDeniedError, "unsupported_country_region_territory"),
        (Fault("status", status=404), openai.NotFoundError, None),
        (Fault("status", status=429), openai.RateLimitError, "rate_limit_exceeded"),
        (
            Fault("status", status=429, error="insufficient_quota"),
            openai.RateLimitError,
            "insufficient_quota",
        ),
        (Fault("status", status=500), openai.InternalServerError, "server_error"),
        (Fault("status", status=503), openai.InternalServerError, "server_overloaded"),
    ],
    ids=lambda value: str(getattr(value, "status", "")) or None,
)
async def test_a_status_is_the_openai_exception_with_its_code(
    desk: Desk, fault: Fault, error: type[openai.APIStatusError], code: str | None
) -> None:
    desk.providers.faults.push("openai", fault)
    with pytest.raises(error) as caught:
        await gpt(desk)
    assert (caught.value.status_code, caught.value.code) == (fault.status, code)
    assert await gpt(desk)


async def test_a_rate_limit_says_when_to_come_back(desk: Desk) -> None:
    desk.providers.faults.push("anthropic", Fault("status", status=429, retry_after=7))
    with pytest.raises(anthropic.RateLimitError) as caught:
        await claude(desk)
    assert caught.value.response.headers["retry-after"] == "7"


async def test_refused_requests_cost_nothing_and_are_listed(desk: Desk) -> None:
    desk.providers.faults.push("openai", Fault("status", status=500))
    with pytest.raises(openai.InternalServerError):
        await gpt(desk)
    assert len(desk.providers.ledger) == 0
    assert [(each.provider, each.status, each.model) for each in desk.providers.ledger.refused] == [
        ("openai", 500, GPT)
    ]


async def test_a_refused_connection_is_a_connection_error(desk: Desk) -> None:
    desk.providers.faults.push("anthropic", Fault("refuse"))
    desk.providers.faults.push("openai", Fault("refuse"))
    with pytest.raises(anthropic.APIConnectionError):
        await claude(desk)
    with pytest.raises(openai.APIConnectionError):
        await gpt(desk)
    assert len(desk.providers.ledger) == 0


async def test_a_standing_fault_stays_until_it_is_taken_away(desk: Desk) -> None:
    desk.providers.faults.stand("anthropic", Fault("status", status=529))
    for _ in range(3):
        with pytest.raises(anthropic.OverloadedError):
            await claude(desk)
    with pytest.raises(anthropic.OverloadedError):
        await desk.anthropic.models.list()
    desk.providers.faults.stand("anthropic", None)
    assert await claude(desk)


async def test_queued_faults_come_one_each_and_in_order(desk: Desk) -> None:
    desk.providers.faults.push("anthropic", Fault("status", status=500), Fault("status", status=529))
    with pytest.raises(anthropic.InternalServerError):
        await claude(desk)
    with pytest.raises(anthropic.OverloadedError):
        await claude(desk)
    assert await claude(desk)


async def test_a_fault_can_be_meant_for_one_model(desk: Desk) -> None:
    desk.providers.faults.push("anthropic", Fault("status", status=529, model="claude-opus-5-5"))
    assert await claude(desk)
    with pytest.raises(anthropic.OverloadedError):
        await claude(desk, model="claude-opus-5-5")
