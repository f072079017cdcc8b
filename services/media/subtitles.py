"""Subtitles: tracks inside a video, and SRT or VTT files. Runs in the child process only."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from services.media import containers, kinds, plain
from services.media.safe import one_line, safe_text
from services.media.unreadable import Unreadable

Cues = Iterator[tuple[float, float, str, str | None]]
"""(start, end, text as it stands in the file, speaker)"""

CUES = 100_000
LONGEST = 2_000  # characters of one cue
CHARACTERS = 8 * 2**20  # of one file
SECONDS = 100 * 3_600.0
VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]{1,100})>")
MARKUP = re.compile(r"<[^<>\n]{0,200}>|\{\\[^{}\n]{0,200}\}")
BLANK_LINE = re.compile(
    r"\\N[ \t]*\\N"
)  # ends a cue of WebVTT: comments and the next cue's name come after it
HARD_BREAK = re.compile(r"\\[Nnh]")
ASS_FIELDS = 8  # before the text of a line: ReadOrder, Layer, Style, Name, four margins and effect
LENGTH_BYTES = 2


def read(path: str, stream: int | None) -> list[dict[str, Any]]:
    """Segments of the track at that index, or of the file itself. Raises Unreadable."""
    return of_file(Path(path)) if stream is None else of_track(Path(path), stream)


def of_file(path: Path) -> list[dict[str, Any]]:
    import pysubs2
    from pysubs2.exceptions import Pysubs2Error

    text = plain.text(path, CHARACTERS)
    if len(text) > CHARACTERS:
        raise Unreadable("too_large")
    format_ = "vtt" if text.lstrip("\ufeff \r\n").startswith("WEBVTT") else "srt"
    try:
        file = pysubs2.SSAFile.from_string(
            text, format_=format_, keep_html_tags=True, keep_unknown_html_tags=True
        )
    except (Pysubs2Error, ValueError, OverflowError):
        raise Unreadable("damaged") from None
    texts = (event.text if format_ == "srt" else BLANK_LINE.split(event.text, 1)[0] for event in file.events)
    cues = zip(file.events, texts, strict=True)
    found = segments((event.start / 1000, event.end / 1000, text, None) for event, text in cues)
    if not found:
        raise Unreadable("damaged")
    return found


def of_track(path: Path, index: int) -> list[dict[str, Any]]:
    family = kinds.sniff(path)
    if family not in {"mov", "matroska"}:
        raise Unreadable("type")
    with containers.opened(path, family) as container:
        if not 0 <= index < len(container.streams) or container.streams[index].type != "subtitle":
            raise Unreadable("type")
        return segments(_cues(container, index))


def _cues(container: Any, index: int) -> Cues:
    stream = container.streams[index]
    codec = stream.codec_context.name
    containers.only(container, stream)
    for packet in container.demux(stream):
        if packet.pts is not None and packet.size:
            start = float(packet.pts * packet.time_base)
            text, speaker = _text(codec, bytes(packet))
            yield start, start + float((packet.duration or 0) * packet.time_base), text, speaker


def _text(codec: str, data: bytes) -> tuple[str, str | None]:
    if codec == "mov_text":
        length = int.from_bytes(data[:LENGTH_BYTES], "big")
        return data[LENGTH_BYTES : LENGTH_BYTES + length].decode("utf-8", "replace"), None
    text = data.decode("utf-8", "replace")
    if codec in {"ass", "ssa"}:
        fields = text.split(",", ASS_FIELDS)
        return fields[-1], fields[3].strip() or None if len(fields) > ASS_FIELDS else None
    return text, None


def segments(cues: Iterable[tuple[float, float, str, str | None]]) -> list[dict[str, Any]]:
    """In the order of time, without markup, without what says nothing; what overlaps stays as it is."""
    found: list[dict[str, Any]] = []
    for start, end, text, speaker in cues:
        if len(found) >= CUES:
            raise Unreadable("too_large")
        said = shown(text)
        if said and 0 <= start < SECONDS:
            found.append(
                {
                    "start": round(start, 3),
                    "end": round(min(max(start, end), SECONDS), 3),
                    "text": said,
                    "speaker": speaker or voice(text),
                }
            )
    return sorted(found, key=lambda each: (each["start"], each["end"]))


def shown(text: str) -> str:
    """What a viewer reads: no tags, breaks as spaces."""
    bare = MARKUP.sub("", HARD_BREAK.sub("\n", text))
    return " ".join(safe_text(html.unescape(bare)).split())[:LONGEST]


def voice(text: str) -> str | None:
    """Who a WebVTT voice tag says is speaking."""
    found = VOICE.search(text)
    return one_line(html.unescape(found[1])) or None if found else None
