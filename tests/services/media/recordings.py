"""Small videos and sounds made for the tests with PyAV: real files of real codecs."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

RATE = 16_000
Cue = tuple[float, float, str]


def tone(seconds: float, *, hertz: float = 440.0, level: float = 0.3) -> np.ndarray:
    at = np.arange(int(seconds * RATE)) / RATE
    return (np.sin(2 * np.pi * hertz * at) * level * 32_767).astype(np.int16)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * RATE), np.int16)


def write_media(
    path: Path,
    *,
    seconds: float = 4.0,
    pictures: str | None = "libx264",
    sound: str | None = "aac",
    samples: np.ndarray | None = None,
    subtitles: Sequence[Cue] = (),
    chapters: Sequence[Cue] = (),
    language: str | None = None,
    size: tuple[int, int] = (160, 90),
    black: float = 0.0,
    container: str | None = None,
) -> Path:
    """`black`: the share of the beginning that shows nothing. `sound` None: a video without audio."""
    with av.open(str(path), "w", format=container) as out:
        streams: dict[str, Any] = {}
        if pictures:
            video = streams["video"] = out.add_stream(pictures, rate=10)
            video.width, video.height, video.pix_fmt = *size, "yuv420p"
            video.codec_context.gop_size = 10
        if sound:
            audio = streams["audio"] = out.add_stream(
                sound, rate=RATE if sound != "libopus" else 48_000, layout="mono"
            )
            if language:
                audio.metadata["language"] = language
        codec = "mov_text" if path.suffix in {".mp4", ".mov"} else "subrip"
        if subtitles:
            streams["text"] = out.add_mux_stream(codec)
            streams["text"].metadata["language"] = language or "eng"
        if chapters:
            out.set_chapters([_chapter(number, each) for number, each in enumerate(chapters)])
        if pictures:
            _pictures(out, streams["video"], seconds, size, black)
        if sound:
            _sound(out, streams["audio"], tone(seconds) if samples is None else samples)
        for cue in subtitles:
            out.mux(_packet(streams["text"], cue, codec))
    return path


def _chapter(number: int, chapter: Cue) -> Any:
    start, end, title = chapter
    return {
        "id": number + 1,
        "start": round(start * 1000),
        "end": round(end * 1000),
        "time_base": Fraction(1, 1000),
        "metadata": {"title": title},
    }


def _pictures(out: Any, stream: Any, seconds: float, size: tuple[int, int], black: float) -> None:
    count = round(seconds * 10)
    gradient = np.linspace(0, 255, size[0]).astype(np.uint8)[None, :]
    for number in range(count):
        picture = np.zeros((size[1], size[0], 3), np.uint8)
        if number >= count * black:
            picture[:, :, number // 10 % 3] = gradient
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = number, Fraction(1, 10)
        out.mux(stream.encode(frame))
    out.mux(stream.encode(None))


def _sound(out: Any, stream: Any, samples: np.ndarray) -> None:
    resampler = av.AudioResampler(format=stream.format.name, layout="mono", rate=stream.rate)
    for at in range(0, len(samples), RATE):
        frame = av.AudioFrame.from_ndarray(samples[None, at : at + RATE], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
        for each in resampler.resample(frame):
            out.mux(stream.encode(each))
    for each in resampler.resample(None):
        out.mux(stream.encode(each))
    out.mux(stream.encode(None))


def _packet(stream: Any, cue: Cue, codec: str) -> Any:
    start, end, text = cue
    data = text.encode()
    if codec == "mov_text":
        data = len(data).to_bytes(2, "big") + data
    packet = av.Packet(data)
    packet.stream, packet.time_base = stream, Fraction(1, 1000)
    packet.pts = packet.dts = round(start * 1000)
    packet.duration = round((end - start) * 1000)
    return packet
