"""What both adapters promise, asked of each over its own wire format."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest

from services.entities.calls import Usage
from services.errors import ModelBroke, ModelRejected, ModelUnavailable, ProviderError
from services.models.estimate import estimate_request
from services.ports.models import Finished, ModelEvent, TextDelta
from tests.services.models.providers import HANG, IMPATIENT, PROVIDERS, Body, Provider, answering, ask, event


@pytest.fixture(params=PROVIDERS, ids=lambda provider: provider.name)
def provider(request: pytest.FixtureRequest) -> Provider:
    chosen: Provider = request.param
    return chosen


async def everything(events: AsyncIterator[ModelEvent]) -> tuple[str, Finished]:
    *deltas, last = [event async for event in events]
    assert isinstance(last, Finished)
    return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta)), last


async def broken(events: AsyncIterator[ModelEvent]) -> tuple[str, ProviderError]:
    """The text before the failure, and the failure."""
    text = ""
    try:
        async for one in events:
            assert isinstance(one, TextDelta)
            text += one.text
    except ProviderError as error:
        return text, error
    raise AssertionError("it did not fail")


async def test_the_answer_arrives_in_order_and_is_finished(provider):
    body = (provider.start(), provider.delta("Hel"), provider.delta("lo"), provider.end())
    text, last = await everything(provider.model(answering(*body)).stream(ask()))
    assert (text, last.stop) == ("Hello", "end")


async def test_deltas_that_arrive_together_are_passed_on_together(provider):
    body = provider.start() + provider.delta("Hel") + provider.delta("lo") + provider.end()
    events = [event async for event in provider.model(answering(body)).stream(ask())]
    assert [type(event) for event in events] == [TextDelta, Finished]


async def test_an_answer_cut_into_single_bytes_is_the_same_answer(provider):
    body = provider.start() + provider.delta("größer 🎬") + provider.end()
    text, _ = await everything(provider.model(answering(*[bytes([byte]) for byte in body])).stream(ask()))
    assert text == "größer 🎬"


async def test_carriage_returns_comments_and_a_missing_last_line_are_understood(provider):
    body = b": hello\r\n\r\n" + provider.start() + provider.delta("Hi") + provider.end().rstrip()
    text, _ = await everything(provider.model(answering(body.replace(b"\n", b"\r\n"))).stream(ask()))
    assert text == "Hi"


async def test_usage_counts_the_whole_input_with_its_cached_parts(provider):
    body = (provider.start(), provider.delta("Hi"), provider.end(fresh=10, read=200, written=30, out=7))
    _, last = await everything(provider.model(answering(*body)).stream(ask()))
    assert last.usage == Usage(tokens_in=240, cached_read=200, cached_write=30, tokens_out=7)


@pytest.mark.parametrize("stop", ["length", "refusal"])
async def test_why_it_stopped_is_told(provider, stop):
    body = (provider.start(), provider.delta("Hi"), provider.end(stop))
    _, last = await everything(provider.model(answering(*body)).stream(ask()))
    assert last.stop == stop


async def test_an_answer_without_text_is_still_finished(provider):
    text, last = await everything(provider.model(answering(provider.start(), provider.end())).stream(ask()))
    assert (text, last.stop) == ("", "end")


async def test_the_providers_request_id_is_kept(provider):
    handler = answering(provider.delta("Hi"), provider.end(), headers={provider.request_id_header: "req_7"})
    _, last = await everything(provider.model(handler).stream(ask()))
    assert last.request_id == "req_7"


@pytest.mark.parametrize("status", [401, 402, 403, 404, 408, 409, 429, 500, 502, 503, 529])
async def test_another_model_may_answer_after(provider, status):
    _, error = await broken(provider.model(lambda _: provider.refused(status)).stream(ask()))
    assert (type(error), error.status, error.provider) == (ModelUnavailable, status, provider.name)


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_the_request_itself_is_wrong_after(provider, status):
    _, error = await broken(provider.model(lambda _: provider.refused(status)).stream(ask()))
    assert (type(error), error.status) == (ModelRejected, status)


@pytest.mark.parametrize("cause", [httpx2.ConnectError("no"), httpx2.ConnectTimeout("late")])
async def test_no_connection_is_unavailable(provider, cause):
    def handler(_: httpx2.Request) -> httpx2.Response:
        raise cause

    _, error = await broken(provider.model(handler).stream(ask()))
    assert (type(error), error.status) == (ModelUnavailable, None)


async def test_a_failure_never_quotes_what_the_provider_said_in_words(provider):
    body = answering(provider.start(), provider.delta("Hi"), provider.error("overloaded"))
    for handler in (lambda _: provider.refused(400), body):
        _, error = await broken(provider.model(handler).stream(ask()))
        assert "SECRET" not in str(error)
        assert error.__suppress_context__ or error.__context__ is None


async def test_an_overload_told_in_the_stream_before_any_text_is_unavailable(provider):
    body = provider.start() + provider.error(provider.codes["overload"])
    _, error = await broken(provider.model(answering(body)).stream(ask()))
    assert isinstance(error, ModelUnavailable)
    assert error.status in {500, 529}


async def test_a_rejection_told_in_the_stream_before_any_text_is_rejected(provider):
    _, error = await broken(
        provider.model(answering(provider.error(provider.codes["rejected"]))).stream(ask())
    )
    assert isinstance(error, ModelRejected)


async def test_a_stream_that_ends_with_nothing_in_it_is_unavailable(provider):
    _, error = await broken(provider.model(answering(b"<html>busy</html>")).stream(ask()))
    assert isinstance(error, ModelUnavailable)


async def test_silence_before_the_first_text_is_unavailable(provider):
    model = provider.model(answering(provider.start(), HANG), IMPATIENT)
    _, error = await broken(model.stream(ask()))
    assert isinstance(error, ModelUnavailable)


@pytest.mark.parametrize(
    "cause", [httpx2.ReadError("cut"), httpx2.RemoteProtocolError("cut"), OSError("cut")]
)
async def test_a_connection_lost_in_the_answer_breaks_it_and_keeps_the_text(provider, cause):
    text, error = await broken(
        provider.model(answering(provider.start(), provider.delta("Half"), cause)).stream(ask())
    )
    assert (text, type(error)) == ("Half", ModelBroke)


async def test_text_in_the_same_chunk_as_an_error_is_kept(provider):
    body = provider.delta("Half") + provider.error(provider.codes["overload"])
    text, error = await broken(provider.model(answering(body)).stream(ask()))
    assert (text, type(error)) == ("Half", ModelBroke)


async def test_a_stall_in_the_answer_breaks_it(provider):
    model = provider.model(answering(provider.delta("Half"), HANG), IMPATIENT)
    text, error = await broken(model.stream(ask()))
    assert (text, type(error)) == ("Half", ModelBroke)


async def test_signs_of_life_without_text_are_a_stall_all_the_same(provider):
    class Pinging(Body):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield provider.delta("Half")
            while True:
                yield event("ping")
                await asyncio.sleep(0)

    def handler(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, stream=Pinging([]))

    text, error = await broken(provider.model(handler, IMPATIENT).stream(ask()))
    assert (text, type(error)) == ("Half", ModelBroke)


async def test_an_event_that_cannot_be_read_breaks_the_answer(provider):
    for nonsense in (b"data: {not json\n\n", b"data: [1]\n\n", event("error", error=7)):
        text, error = await broken(provider.model(answering(provider.delta("Half"), nonsense)).stream(ask()))
        assert (text, type(error)) == ("Half", ModelBroke)


async def test_a_broken_answer_carries_an_estimate_of_its_use(provider):
    request = ask("word " * 500)
    model = provider.model(answering(provider.delta("ten words " * 7), httpx2.ReadError("cut")))
    _, error = await broken(model.stream(request))
    assert isinstance(error, ModelBroke)
    assert error.usage == Usage(tokens_in=estimate_request(request), tokens_out=20, estimated=True)


async def test_closing_early_closes_the_response(provider):
    body = Body([provider.start(), provider.delta("Hi"), HANG])
    events = provider.model(lambda _: httpx2.Response(200, stream=body)).stream(ask())
    assert await anext(events) == TextDelta("Hi")
    await events.aclose()
    assert body.closed


async def test_cancelling_a_wait_closes_the_response(provider):
    body = Body([provider.start(), HANG])
    waiting = asyncio.ensure_future(
        anext(provider.model(lambda _: httpx2.Response(200, stream=body)).stream(ask()))
    )
    for _ in range(20):
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert body.closed


async def test_a_stream_never_begun_sends_nothing(provider):
    def handler(_: httpx2.Request) -> httpx2.Response:
        raise AssertionError("nothing was to be sent")

    await provider.model(handler).stream(ask()).aclose()


async def test_a_slow_reader_is_not_a_stall(provider, monkeypatch):
    loop = asyncio.get_running_loop()
    body = (provider.delta("One "), provider.delta("two"), provider.end())
    events = provider.model(answering(*body)).stream(ask())
    await anext(events)
    monkeypatch.setattr(loop, "time", lambda since=loop.time: since() + 3_600)
    text, _ = await everything(events)
    assert text == "two"
