"""Recordings that the stand-in for a transcriber can hear, whatever they went through."""

from __future__ import annotations

import io
from fractions import Fraction

import av
import numpy as np
import pytest

from sandbox.providers import media
from sandbox.providers.media import cues, listening, underlay
from sandbox.recordings import Film, Line, talk, voice, write_film

SAID = (
    Line("We raise the price in spring.", "Ada", 70),
    Line("Good, says Zoë: nobody will mind.", "Ben", 30),
)


@pytest.fixture(scope="module")
def said():
    return talk(SAID)


def encoded(samples, codec, form, rate, bits):
    file = io.BytesIO()
    with av.open(file, "w", format=form) as out:
        stream = out.add_stream(codec, rate=rate, layout="mono")
        if bits:
            stream.bit_rate = bits
        resampler = av.AudioResampler(format=stream.format.name, layout="mono", rate=rate)
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 16_000, 0, Fraction(1, 16_000)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return file.getvalue()


def spoken(data):
    recording = media.read(data)
    return cues.read(recording.spoken, recording.seconds) if recording.spoken else cues.Speech()


@pytest.mark.parametrize(
    ("codec", "form", "rate", "bits"),
    [
        ("flac", "flac", 16_000, 0),
        ("aac", "mp4", 48_000, 64_000),
        ("libmp3lame", "mp3", 48_000, 96_000),
        ("libopus", "ogg", 48_000, 64_000),
    ],
)
def test_what_is_said_survives_a_codec(said, codec, form, rate, bits):
    found = spoken(encoded(said.samples, codec, form, rate, bits))
    assert [(cue.speaker, cue.text) for cue in found.cues] == [
        ("Ada", "We raise the price in spring."),
        ("Ben", "Good, says Zoë: nobody will mind."),
    ]
    assert [cue.start for cue in found.cues] == [pytest.approx(start, abs=0.1) for start, _, _ in said.cues]
    assert found.language == "en"


def test_a_part_tells_what_is_in_it_and_no_more(said):
    middle = int((said.turns[0][1] + 0.3) * 16_000)
    first, second = (underlay.phrases(part) for part in (said.samples[:middle], said.samples[middle:]))
    assert [len(first), len(second)] == [1, 1]
    assert second[0].start == pytest.approx(said.turns[1][0] - middle / 16_000, abs=0.05)


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(100), np.zeros(32_000)])
def test_silence_says_nothing(samples):
    assert underlay.phrases(samples.astype(np.float32)) == []


def test_noise_says_nothing():
    noise = np.random.default_rng(1).normal(scale=0.2, size=160_000).astype(np.float32)
    assert underlay.phrases(noise) == []
    assert listening.heard(encoded(noise, "flac", "flac", 16_000, 0)) is None


def test_a_talk_without_the_words_under_it_is_only_sound():
    assert underlay.phrases(talk(SAID[:1], heard=False).samples) == []


def test_a_voice_without_espeak_is_heard_too(monkeypatch):
    monkeypatch.setattr(voice, "has_espeak", lambda: False)
    assert [
        phrase.text for phrase in underlay.phrases(talk([Line("Nothing is installed here.")]).samples)
    ] == ["Nothing is installed here."]


@pytest.mark.parametrize("name", ["a.mp4", "a.webm"])
def test_a_film_is_heard_and_has_its_subtitles(tmp_path, said, name):
    path = write_film(tmp_path / name, Film("Prices", said, subtitles=name == "a.mp4"))
    assert [cue.text for cue in spoken(path.read_bytes()).cues] == [line.text for line in SAID]
    with av.open(str(path)) as film:
        assert [stream.type for stream in film.streams][:2] == ["video", "audio"]
        assert film.duration / 1_000_000 == pytest.approx(said.seconds, abs=0.5)


def test_only_so_much_fits_into_a_phrase():
    with pytest.raises(ValueError, match="200 bytes"):
        underlay.tones("x" * 201, 1.0)
