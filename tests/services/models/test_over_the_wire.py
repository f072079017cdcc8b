"""The adapters over real sockets and the transport the program uses."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager

import pytest

from services.errors import ModelBroke, ModelUnavailable
from services.models.streaming import Timeouts
from services.ports.models import Finished, TextDelta
from tests.services.models.providers import PROVIDERS, ask
from tests.services.models.wire import Then, serving


@pytest.fixture(params=PROVIDERS, ids=lambda provider: provider.name)
def provider(request):
    return request.param


@asynccontextmanager
async def model_at(provider, url, timeouts=None):
    model, client = provider.served(url, timeouts)
    async with client:
        yield model


async def text_of(model):
    return "".join([one.text async for one in model.stream(ask()) if isinstance(one, TextDelta)])


async def test_an_answer_streams(provider):
    async with (
        serving(provider.start(), provider.delta("Hel"), provider.delta("lo"), provider.end()) as (_, url),
        model_at(provider, url) as model,
    ):
        *deltas, last = [event async for event in model.stream(ask())]
    assert "".join(delta.text for delta in deltas) == "Hello"
    assert isinstance(last, Finished)


async def test_answers_in_a_row_share_one_connection(provider):
    async with (
        serving(provider.delta("Hi"), provider.end()) as (server, url),
        model_at(provider, url) as model,
    ):
        assert [await text_of(model) for _ in range(3)] == ["Hi"] * 3
    assert (server.requests, server.connections) == (3, 1)


async def test_a_cut_connection_breaks_the_answer(provider):
    async with serving(provider.delta("Half"), then=Then.CUT) as (_, url), model_at(provider, url) as model:
        events = model.stream(ask())
        assert await anext(events) == TextDelta("Half")
        with pytest.raises(ModelBroke):
            await anext(events)


async def test_a_cut_before_the_first_text_is_unavailable(provider):
    async with serving(provider.start(), then=Then.CUT) as (_, url), model_at(provider, url) as model:
        with pytest.raises(ModelUnavailable):
            await text_of(model)


async def test_nobody_listening_is_unavailable(provider):
    async with serving() as (_, url):
        pass
    async with model_at(provider, url) as model:
        with pytest.raises(ModelUnavailable):
            await text_of(model)


async def test_a_stall_breaks_the_answer_and_leaves_the_connection(provider):
    impatient = Timeouts(stall=0.4)
    async with (
        serving(provider.delta("Half"), then=Then.HANG) as (server, url),
        model_at(provider, url, impatient) as model,
    ):
        with pytest.raises(ModelBroke):
            await text_of(model)
        await asyncio.wait_for(server.left.wait(), 5)


async def test_silence_on_the_wire_ends_the_wait_for_a_first_text(provider):
    impatient = Timeouts(read=0.05)
    async with serving(then=Then.HANG) as (_, url), model_at(provider, url, impatient) as model:
        with pytest.raises(ModelUnavailable):
            await text_of(model)


async def test_closing_early_leaves_the_connection_at_once(provider):
    async with (
        serving(provider.delta("Half"), then=Then.HANG) as (server, url),
        model_at(provider, url) as model,
    ):
        async with aclosing(model.stream(ask())) as events:
            await anext(events)
        await asyncio.wait_for(server.left.wait(), 5)


async def test_cancelling_leaves_the_connection_at_once(provider):
    async with (
        serving(provider.start(), then=Then.HANG) as (server, url),
        model_at(provider, url) as model,
    ):
        waiting = asyncio.ensure_future(text_of(model))
        async with asyncio.timeout(5):
            while not server.requests:
                await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()
        await asyncio.wait_for(server.left.wait(), 5)
