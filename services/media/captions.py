"""Segments written as SRT, WebVTT, plain text or Markdown."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import Literal

from services.entities.media import Segment
from services.media.safe import one_line

CaptionFormat = Literal["srt", "vtt", "txt", "md"]
FORMATS: tuple[CaptionFormat, ...] = ("srt", "vtt", "txt", "md")
MIMETYPES: dict[CaptionFormat, str] = {
    "srt": "application/x-subrip",
    "vtt": "text/vtt",
    "txt": "text/plain",
    "md": "text/markdown",
}
PARAGRAPH = 2.0
"""Seconds of silence after which plain text begins a new paragraph."""
MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")
SHORTEST = 0.001


def write(
    segments: Sequence[Segment], form: CaptionFormat, *, title: str = "", language: str | None = None
) -> str:
    """`title` heads the readable forms; `language` is a code, told in WebVTT."""
    match form:
        case "srt":
            return "".join(_srt(segments))
        case "vtt":
            return "".join(_vtt(segments, language))
        case "txt":
            return "".join(_plain(segments, one_line(title)))
        case "md":
            return "".join(_markdown(segments, one_line(title)))


def timecode(seconds: float) -> str:
    """1:02:03, or 2:03 within the first hour."""
    whole = int(max(0.0, seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _srt(segments: Sequence[Segment]) -> Iterator[str]:
    for number, each in enumerate(segments, start=1):
        said = _arrowless(f"{one_line(each.speaker)}: {each.text}" if each.speaker else each.text)
        yield f"{number}\n{_clock(each.start, ',')} --> {_clock(_end(each), ',')}\n{one_line(said)}\n\n"


def _vtt(segments: Sequence[Segment], language: str | None) -> Iterator[str]:
    code = re.sub(r"[^A-Za-z-]", "", language or "")
    yield f"WEBVTT\nLanguage: {code}\n\n" if code else "WEBVTT\n\n"
    for each in segments:
        said = html.escape(one_line(each.text), quote=False)
        voice = f"<v {html.escape(one_line(each.speaker), quote=False)}>" if each.speaker else ""
        yield f"{_clock(each.start, '.')} --> {_clock(_end(each), '.')}\n{voice}{said}\n\n"


def _plain(segments: Sequence[Segment], title: str) -> Iterator[str]:
    if title:
        yield f"{title}\n\n"
    for before, each in zip([None, *segments], segments, strict=False):
        if before is not None:
            yield "\n\n" if _apart(before, each) else " "
        begins = before is None or before.speaker != each.speaker
        yield f"{one_line(each.speaker)}: " if each.speaker and begins else ""
        yield one_line(each.text)
    yield "\n"


def _markdown(segments: Sequence[Segment], title: str) -> Iterator[str]:
    if title:
        yield f"# {_unmarked(title)}\n\n"
    for each in segments:
        voice = f"*{_unmarked(one_line(each.speaker))}:* " if each.speaker else ""
        yield f"**{timecode(each.start)}** {voice}{_unmarked(one_line(each.text))}\n\n"


def _apart(before: Segment, after: Segment) -> bool:
    return before.speaker != after.speaker or after.start - before.end >= PARAGRAPH


def _unmarked(text: str) -> str:
    return MARKDOWN.sub(r"\\\1", text)


def _arrowless(text: str) -> str:
    """An arrow would begin another cue."""
    return text.replace("-->", "→")


def _end(segment: Segment) -> float:
    """A cue that lasts no time is never shown."""
    return max(segment.end, segment.start + SHORTEST)


def _clock(seconds: float, point: str) -> str:
    minutes, milliseconds = divmod(round(seconds * 1_000), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1_000:02}{point}{milliseconds % 1_000:03}"
