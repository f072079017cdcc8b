"""Usage in the middle of an answer, estimates and prices."""

from __future__ import annotations

from decimal import Decimal

import httpx2
import pytest
from structlog.testing import capture_logs

from services.entities.calls import Usage
from services.errors import ModelBroke
from services.models.estimate import estimate_request, estimate_tokens, estimate_usage
from services.models.failures import ModelGaveUp
from services.models.prices import BundledPrices
from services.ports.models import ModelMessage, TextPart
from tests.services.models.providers import Anthropic, OpenAI, answering, ask, event, image


async def failure_of(model, kind):
    with pytest.raises(kind) as failure:
        async for _ in model.stream(ask()):
            pass
    return failure.value


async def test_a_broken_claude_answer_keeps_the_input_that_was_counted():
    house = Anthropic()
    model = house.model(answering(house.start(), house.delta("x" * 35), httpx2.ReadError("cut")))
    broken = await failure_of(model, ModelBroke)
    assert broken.usage == Usage(240, cached_read=200, cached_write=30, tokens_out=10, estimated=True)


async def test_a_claude_answer_that_fails_before_its_text_tells_the_input_that_was_counted():
    house = Anthropic()
    gave_up = await failure_of(
        house.model(answering(house.start(), house.error("overloaded_error"))), ModelGaveUp
    )
    assert (gave_up.status, gave_up.usage.tokens_in) == (529, 240)


async def test_a_failed_gpt_answer_keeps_the_count_that_came_with_the_failure():
    house = OpenAI()
    count = {"input_tokens": 50, "input_tokens_details": {"cached_tokens": 40}, "output_tokens": 3}
    failed = event("response.failed", response={"error": {"code": "server_error"}, "usage": count})
    broken = await failure_of(house.model(answering(house.delta("Half"), failed)), ModelBroke)
    assert broken.usage == Usage(50, cached_read=40, tokens_out=3)


async def test_a_gpt_refusal_is_shown_and_told():
    house = OpenAI()
    refusal = event("response.refusal.delta", delta="I can't help with that.")
    events = [one async for one in house.model(answering(refusal, house.end())).stream(ask())]
    assert (events[0].text, events[1].stop) == ("I can't help with that.", "refusal")


async def test_a_claude_context_that_overflows_is_told():
    house = Anthropic()
    body = answering(house.start(), house.delta("Hi"), house.end("model_context_window_exceeded"))
    assert [one async for one in house.model(body).stream(ask())][-1].stop == "context"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("a", 1), ("a" * 7, 2), ("a" * 8, 3), ("日本語の文", 8), ("🎬", 3), ("жук", 3)],
)
def test_tokens_are_estimated_on_the_high_side(text, tokens):
    assert estimate_tokens(text) == tokens


def test_a_request_is_estimated_with_all_its_parts():
    messages = (ModelMessage("user", (TextPart("b" * 7), image())),)
    assert estimate_request(ask(system=(TextPart("a" * 35),), messages=messages)) == 8 + 10 + 2 + 1_600


def test_the_use_of_a_stopped_call_is_an_estimate():
    used = estimate_usage(ask(), "a" * 35)
    assert (used.tokens_out, used.estimated) == (10, True)


def test_a_price_counts_cached_tokens_at_their_own_rate():
    usage = Usage(3_210, cached_read=3_000, cached_write=200, tokens_out=7)
    assert BundledPrices().cost("anthropic", "claude-sonnet-5-5", usage) == Decimal("0.00089")


def test_a_long_prompt_costs_more_where_the_provider_says_so():
    prices = BundledPrices()
    short, long = (prices.cost("anthropic", "claude-haiku-5-5", Usage(size)) for size in (100_000, 150_000))
    assert (short, long) == (Decimal("0.01"), Decimal("0.075"))


def test_an_unknown_model_has_no_price_and_is_logged_once():
    prices = BundledPrices()
    with capture_logs() as logs:
        costs = [prices.cost("openai", "gpt-6.2-astra", Usage(10)) for _ in range(3)]
    assert costs == [None] * 3
    assert [log["event"] for log in logs] == ["price.unknown"]


def test_a_count_that_cannot_be_has_no_price():
    assert BundledPrices().cost("anthropic", "claude-sonnet-5-5", Usage(10, cached_read=30)) is None
