"""Audio transcription, spoken to by OpenAI's own client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest

from sandbox.providers import Fault
from tests.sandbox import providers_media as made
from tests.sandbox.providers_support import Desk, running

SAID = "We raise the price in spring. Ada agrees."
CUES = [
    ("00:00:01.000", "00:00:03.000", "<v Ada>Shall we start?"),
    ("00:00:03.000", "00:00:05.000", "<v Grace>Yes."),
    ("00:00:05.000", "00:00:06.000", "<v Ada>Good."),
]
TIMED = made.vtt(CUES, "Language: de")
DIARIZE = {"model": "gpt-4o-transcribe-diarize", "response_format": "diarized_json"}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running() as desk:
        yield desk


async def transcribed(desk: Desk, data: bytes, name: str = "a.wav", **asked: Any) -> Any:
    return await desk.openai.audio.transcriptions.create(
        **{"model": "gpt-transcribe", **asked}, file=(name, data, "audio/wav")
    )


async def test_the_words_are_those_hidden_in_the_recording(desk: Desk) -> None:
    answer = await transcribed(desk, made.wav(2, SAID))
    assert (answer.text, answer.languages) == (SAID, [])
    assert (answer.usage.type, answer.usage.seconds) == ("duration", 2.0)


@pytest.mark.parametrize("model", ["gpt-transcribe", "whisper-1", "gpt-4o-transcribe"])
async def test_without_hidden_words_there_is_silence(desk: Desk, model: str) -> None:
    assert (await transcribed(desk, made.mp3(100), "a.mp3", model=model)).text == "[silence]"


async def test_languages_are_told_and_keywords_spelled(desk: Desk) -> None:
    answer = await transcribed(
        desk, made.wav(2, "ask ada"), languages=["en", "de"], keywords=["Ada", "Zürich"]
    )
    assert (answer.text, [each.code for each in answer.languages]) == ("ask Ada", ["en"])


async def test_a_recording_that_names_its_language_is_believed(desk: Desk) -> None:
    answer = await transcribed(desk, made.wav(7, TIMED), languages=["en"])
    assert [each.code for each in answer.languages] == ["de"]


async def test_whisper_gives_segments_and_words_with_times(desk: Desk) -> None:
    answer = await transcribed(
        desk,
        made.wav(7, TIMED),
        model="whisper-1",
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )
    assert (answer.duration, answer.language) == (7.0, "german")
    assert [(each.start, each.end, each.text) for each in answer.segments] == [
        (1.0, 3.0, " Shall we start?"),
        (3.0, 5.0, " Yes."),
        (5.0, 6.0, " Good."),
    ]
    assert [each.word for each in answer.words] == ["Shall", "we", "start?", "Yes.", "Good."]
    assert (answer.words[0].start, answer.words[2].end) == (1.0, 3.0)


async def test_words_come_only_when_asked_for(desk: Desk) -> None:
    answer = await transcribed(desk, made.wav(7, TIMED), model="whisper-1", response_format="verbose_json")
    assert (answer.words, len(answer.segments)) == (None, 3)


async def test_silence_is_marked_in_verbose_answers(desk: Desk) -> None:
    answer = await transcribed(desk, made.wav(7), model="whisper-1", response_format="verbose_json")
    assert [(each.text, each.no_speech_prob) for each in answer.segments] == [(" [silence]", 0.99)]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("text", "Shall we start? Yes. Good.\n"),
        ("srt", "1\n00:00:01,000 --> 00:00:03,000\nShall we start?\n\n2\n"),
        ("vtt", "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nShall we start?\n\n"),
    ],
)
async def test_whisper_writes_text_and_subtitles(desk: Desk, form: str, text: str) -> None:
    assert (await transcribed(desk, made.wav(7, TIMED), model="whisper-1", response_format=form)).startswith(
        text
    )


async def test_speakers_are_told_apart(desk: Desk) -> None:
    answer = await transcribed(desk, made.wav(7, TIMED), **DIARIZE)
    assert [(each.speaker, each.text) for each in answer.segments] == [
        ("A", "Shall we start?"),
        ("B", "Yes."),
        ("A", "Good."),
    ]
    assert (answer.usage.type, answer.usage.input_token_details.audio_tokens) == ("tokens", 70)


async def test_known_speakers_have_their_names(desk: Desk) -> None:
    known = {"known_speaker_names": ["Ada"], "known_speaker_references": ["data:audio/wav;base64,AAAA"]}
    answer = await transcribed(desk, made.wav(7, TIMED), **DIARIZE, **known)
    assert [each.speaker for each in answer.segments] == ["Ada", "A", "Ada"]


async def test_diarizing_over_thirty_seconds_needs_a_chunking_strategy(desk: Desk) -> None:
    with pytest.raises(openai.BadRequestError, match="chunking_strategy is required"):
        await transcribed(desk, made.wav(31), **DIARIZE)
    answer = await transcribed(desk, made.wav(31), **DIARIZE, chunking_strategy="auto")
    vad = {"type": "server_vad", "silence_duration_ms": 300}
    assert (await transcribed(desk, made.wav(31), **DIARIZE, chunking_strategy=vad)).text == answer.text


async def test_log_probabilities_are_given_when_asked_for(desk: Desk) -> None:
    answer = await transcribed(desk, made.wav(1, "abcdefgh"), model="gpt-4o-transcribe", include=["logprobs"])
    assert [each.token for each in answer.logprobs] == ["abcd", "efgh"]


async def test_a_transcription_is_paid_by_its_length(desk: Desk) -> None:
    await transcribed(desk, made.wav(2.5, SAID), prompt="A meeting")
    paid = desk.providers.ledger[0]
    assert (paid.model, paid.audio_seconds, paid.status) == ("gpt-transcribe", 2.5, "finished")
    assert paid.usage == {"type": "duration", "seconds": 2.5}
    assert paid.body == {"model": "gpt-transcribe", "prompt": "A meeting", "file": "a.wav"}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "unknown model": ({"model": "gpt-hear"}, "does not exist"),
    "another kind of model": ({"model": "gpt-6-luna"}, "does not transcribe"),
    "unknown field": ({"extra_body": {"volume": "11"}}, "Unknown parameter: 'volume'"),
    "subtitles": ({"response_format": "srt"}, "not compatible"),
    "times": ({"timestamp_granularities": ["word"]}, "not supported with model"),
    "times without verbose": ({"model": "whisper-1", "timestamp_granularities": ["word"]}, "verbose_json"),
    "keywords": ({"model": "whisper-1", "keywords": ["Ada"]}, "'keywords' is not supported"),
    "logprobs": ({"include": ["logprobs"]}, "'include' is not supported"),
    "prompted diarizing": ({**DIARIZE, "prompt": "x"}, "'prompt' is not supported"),
    "names without voices": ({**DIARIZE, "known_speaker_names": ["Ada"]}, "same length"),
    "five speakers": (
        {**DIARIZE, "known_speaker_names": list("abcde"), "known_speaker_references": ["data:,"] * 5},
        "At most 4",
    ),
    "temperature": ({"temperature": 1.5}, "temperature"),
    "language by name": ({"language": "English"}, "language"),
    "stream": ({"stream": True}, "stream"),
}


@pytest.mark.parametrize(("asked", "message"), REFUSED.values(), ids=REFUSED)
async def test_bad_requests_are_refused(desk: Desk, asked: dict[str, Any], message: str) -> None:
    with pytest.raises((openai.BadRequestError, openai.NotFoundError), match=message):
        await transcribed(desk, made.wav(1), **asked)
    assert len(desk.providers.ledger) == 0


@pytest.mark.parametrize(
    ("data", "name"), [(b"no sound at all", "a.mp3"), (b"<html>", "a.wav"), (made.mp3(1)[:40], "a.mp3")]
)
async def test_what_is_no_recording_is_refused(desk: Desk, data: bytes, name: str) -> None:
    with pytest.raises(openai.BadRequestError):
        await transcribed(desk, data, name)


async def test_a_file_without_a_telling_name_or_type_is_refused(desk: Desk) -> None:
    with pytest.raises(openai.BadRequestError, match="Supported formats"):
        await desk.openai.audio.transcriptions.create(
            model="gpt-transcribe", file=("recording", made.wav(1), "application/octet-stream")
        )


async def test_long_recordings_are_too_much_for_the_older_models(desk: Desk) -> None:
    long = made.flac(1_401)
    with pytest.raises(openai.BadRequestError, match="longer than 1400 seconds"):
        await transcribed(desk, long, "a.flac", model="gpt-4o-transcribe")
    assert (await transcribed(desk, long, "a.flac")).usage.seconds == 1_401


async def test_more_than_25_mib_is_refused(desk: Desk) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        await transcribed(desk, made.wav(1) + bytes(25 * 2**20))
    assert caught.value.status_code == 413


async def test_a_form_is_needed(desk: Desk) -> None:
    headers = {"authorization": "Bearer sk-sandbox"}
    async with desk.http.post("/openai/v1/audio/transcriptions", json={}, headers=headers) as response:
        assert response.status == 400
    form = {"model": "gpt-transcribe"}
    async with desk.http.post("/openai/v1/audio/transcriptions", data=form, headers=headers) as response:
        assert response.status == 400


async def test_a_transcription_meets_the_faults_that_wait(desk: Desk) -> None:
    desk.providers.faults.push("openai", Fault("status", status=429), Fault("cut"))
    with pytest.raises(openai.RateLimitError):
        await transcribed(desk, made.wav(1))
    with pytest.raises(openai.APIConnectionError):
        await transcribed(desk, made.wav(1))
    assert [paid.cut for paid in desk.providers.ledger] == [True]
