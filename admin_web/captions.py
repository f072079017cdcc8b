"""What is said, as WebVTT: captions of our own, whatever the file brought with it."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from services.entities.media import Segment

SHORTEST = 0.5  # seconds; a cue that ends before it begins is never shown


def webvtt(segments: Iterable[Segment]) -> str:
    cues = (cue(segment) for segment in segments if segment.text.strip())
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def cue(segment: Segment) -> str:
    end = max(segment.end, segment.start + SHORTEST)
    text = escape(" ".join(segment.text.split()), quote=False)
    if segment.speaker:
        text = f"<v {escape(' '.join(segment.speaker.split()), quote=False)}>{text}"
    return f"{timestamp(segment.start)} --> {timestamp(end)}\n{text}"


def timestamp(seconds: float) -> str:
    thousandths = round(max(0.0, seconds) * 1_000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1_000:02}.{rest % 1_000:03}"


def clock(seconds: float) -> str:
    """As people read it: 1:05, 1:02:03."""
    minutes, rest = divmod(int(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
