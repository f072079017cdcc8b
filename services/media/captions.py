"""Segments written as SRT or WebVTT: our own, whatever the file brought with it."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from services.entities.media import Segment
from services.media.safe import one_line
from services.media.times import timestamp

CaptionFormat = Literal["srt", "vtt"]
SHORTEST = 0.001


def write(segments: Iterable[Segment], form: CaptionFormat, *, shortest: float = SHORTEST) -> str:
    """`shortest`: seconds that each cue is shown at least; one that lasts no time is never seen."""
    said = [each for each in segments if each.text.strip()]
    match form:
        case "srt":
            return "".join(_srt(said, shortest))
        case "vtt":
            return "".join(_vtt(said, shortest))


def _srt(segments: Sequence[Segment], shortest: float) -> Iterator[str]:
    for number, each in enumerate(segments, start=1):
        said = _arrowless(f"{one_line(each.speaker)}: {each.text}" if each.speaker else each.text)
        yield f"{number}\n{_span(each, shortest, ',')}\n{one_line(said)}\n\n"


def _vtt(segments: Sequence[Segment], shortest: float) -> Iterator[str]:
    yield "WEBVTT\n\n"
    for each in segments:
        said = html.escape(one_line(each.text), quote=False)
        voice = f"<v {html.escape(one_line(each.speaker), quote=False)}>" if each.speaker else ""
        yield f"{_span(each, shortest, '.')}\n{voice}{said}\n\n"


def _span(segment: Segment, shortest: float, point: str) -> str:
    end = max(segment.end, segment.start + shortest)
    return f"{timestamp(segment.start, point)} --> {timestamp(end, point)}"


def _arrowless(text: str) -> str:
    """An arrow would begin another cue."""
    return text.replace("-->", "→")
