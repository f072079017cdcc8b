"""The transcriber, asking the sandbox's OpenAI."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from sandbox.providers import Fault, Providers
from services.entities.calls import Usage
from services.entities.media import AudioPart, Segment
from services.errors import ModelRejected, ModelUnavailable
from services.models.openai import openai_client
from services.models.prices import BundledPrices
from services.models.transcription import ABILITIES, NEWEST, OpenAITranscriber, hints, transcript_of, usage_of
from tests.sandbox.providers_media import flac, vtt

SPOKEN = vtt(
    [
        ("00:00:01.000", "00:00:03.000", "<v Ada>Shall we start?"),
        ("00:00:04.000", "00:00:06.000", "<v Grace>Aurora is ready."),
    ],
    "Language: de",
)
OLD = ("whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe")


@pytest.fixture
async def house():
    return Providers(seed=1)


@pytest.fixture
async def client(house):
    app = web.Application()
    app.add_routes(house.routes())
    async with (
        TestServer(app) as server,
        openai_client("sk-sandbox", str(server.make_url("/openai/v1"))) as client,
    ):
        yield client


@pytest.fixture
def part(tmp_path):
    return made(tmp_path, SPOKEN)


def made(folder: Path, spoken: str) -> AudioPart:
    path = folder / "part-00002.flac"
    path.write_bytes(flac(7, *([f"SPOKEN={spoken}"] if spoken else [])))
    return AudioPart(2, path, 60.0, 67.0, speech=((61.0, 63.0), (64.0, 66.0)))


async def test_text_language_and_estimated_times(client, part):
    transcript, usage = await OpenAITranscriber(client, "gpt-transcribe").transcribe(part)
    assert transcript.text == "Shall we start? Aurora is ready."
    assert transcript.language == "de"
    assert transcript.segments == (
        Segment(61.0, 63.0, "Shall we start?"),
        Segment(64.0, 66.0, "Aurora is ready."),
    )
    assert usage == Usage(seconds=7.0)


async def test_times_of_a_model_that_tells_them(client, part):
    transcript, usage = await OpenAITranscriber(client, "whisper-1").transcribe(part)
    assert transcript.segments == (
        Segment(61.0, 63.0, "Shall we start?"),
        Segment(64.0, 66.0, "Aurora is ready."),
    )
    assert (transcript.language, usage) == ("de", Usage(seconds=7.0))


async def test_speakers_of_a_model_that_tells_them(client, part):
    transcript, usage = await OpenAITranscriber(client, "gpt-4o-transcribe-diarize").transcribe(part)
    assert [each.speaker for each in transcript.segments] == ["A", "B"]
    assert (usage.tokens_in, usage.seconds) == (70, 7.0)


@pytest.mark.parametrize("model", ["gpt-transcribe", *ABILITIES])
async def test_every_model_takes_the_hints_it_is_given(client, house, part, model):
    asked = OpenAITranscriber(client, model)
    transcript, _ = await asked.transcribe(part, languages=("en-GB", "de"), words=("Aurora", " Ruiz\n", ""))
    assert "Aurora" in transcript.text
    assert house.ledger[-1].model == model


def test_hints_by_ability():
    assert hints(NEWEST, ("en-GB", "en", "de"), ("Aurora", " Ruiz\n", "")) == {
        "languages": ["en", "de"],
        "keywords": ["Aurora", "Ruiz"],
    }
    assert hints(ABILITIES["whisper-1"], ("de",), ("Aurora", "Ruiz")) == {
        "language": "de",
        "prompt": "Aurora, Ruiz",
    }
    assert hints(ABILITIES["whisper-1"], ("de", "en"), ()) == {}
    assert hints(ABILITIES["gpt-4o-transcribe-diarize"], ("de",), ("Aurora",)) == {"language": "de"}


@pytest.mark.parametrize("model", ["gpt-transcribe", "whisper-1"])
async def test_nobody_speaks(client, tmp_path, model):
    transcript, usage = await OpenAITranscriber(client, model).transcribe(made(tmp_path, ""))
    assert (transcript.text, transcript.segments) == ("", ())
    assert usage.seconds == 7.0


@pytest.mark.parametrize(
    ("fault", "error", "status"),
    [
        (Fault("status", status=429), ModelUnavailable, 429),
        (Fault("status", status=500), ModelUnavailable, 500),
        (Fault("status", status=401), ModelUnavailable, 401),
        (Fault("status", status=400), ModelRejected, 400),
    ],
)
async def test_what_the_provider_refuses(client, house, part, fault, error, status):
    house.faults.push("openai", fault)
    with pytest.raises(error) as refused:
        await OpenAITranscriber(client, "gpt-transcribe").transcribe(part)
    assert (refused.value.provider, refused.value.status) == ("openai", status)
    assert len(house.ledger) <= 1


async def test_a_file_that_is_no_sound_is_rejected(client, part):
    part.path.write_bytes(b"no sound")
    with pytest.raises(ModelRejected):
        await OpenAITranscriber(client, "gpt-transcribe").transcribe(part)


async def test_nobody_answers(part):
    async with openai_client("sk-sandbox", "http://127.0.0.1:9/v1") as client:
        with pytest.raises(ModelUnavailable) as refused:
            await OpenAITranscriber(client, "gpt-transcribe").transcribe(part)
    assert refused.value.status is None


async def test_an_answer_that_does_not_come(client, house, part):
    house.faults.push("openai", Fault("hang"))
    with pytest.raises(ModelUnavailable, match="timed out"):
        await OpenAITranscriber(client, "gpt-transcribe", seconds=0.2).transcribe(part)


async def test_an_answer_without_a_text(part):
    async def strange(request):
        return web.json_response(["no text"])

    app = web.Application()
    app.router.add_post("/v1/audio/transcriptions", strange)
    async with TestServer(app) as server, openai_client("sk", str(server.make_url("/v1"))) as client:
        with pytest.raises(ModelUnavailable, match="cannot be read"):
            await OpenAITranscriber(client, "gpt-transcribe").transcribe(part)


def test_without_a_count_the_length_of_the_part_is_booked(part):
    assert usage_of(part, {"text": "Hi"}) == Usage(seconds=7.0, estimated=True)
    assert transcript_of(part, {"text": " Hi "}).text == "Hi"


@pytest.mark.parametrize(
    ("model", "usage", "cost"),
    [
        ("gpt-transcribe", Usage(seconds=60), "0.0045"),
        ("whisper-1", Usage(seconds=60), "0.006"),
        ("gpt-4o-transcribe", Usage(tokens_in=600, tokens_out=100, seconds=60), "0.0046"),
    ],
)
def test_minutes_have_their_price(model, usage, cost):
    assert BundledPrices().cost("openai", model, usage) == Decimal(cost)
