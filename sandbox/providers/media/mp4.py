"""MP4, M4A and MOV: the length from `mvhd`, the text from a subtitle track or, before it, from `udta`.

A comment in `udta` stands as QuickTime or iTunes write it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from sandbox.providers.media.boxes import Boxes, inside
from sandbox.providers.media.mp4_subtitles import webvtt
from sandbox.providers.media.recording import Recording, Unreadable, first

COMMENTS = (b"\xa9cmt", b"cmmt", b"\xa9lyr")


def read(data: bytes) -> Recording:
    movie = inside(memoryview(data)).get(b"moov")
    if movie is None:
        raise Unreadable("an MP4 file without a movie")
    boxes = inside(movie)
    if b"mvhd" not in boxes:
        raise Unreadable("an MP4 file without a movie header")
    return Recording("mp4", _seconds(boxes[b"mvhd"]), first([*_comments(boxes), webvtt(data, movie)]))


def _seconds(header: memoryview) -> float:
    layout, at = (">IQ", 20) if header[0] == 1 else (">II", 12)
    scale, duration = struct.unpack_from(layout, header, at)
    return float(duration / scale)


def _comments(boxes: Boxes) -> Iterator[str]:
    if b"udta" not in boxes:
        return
    user = inside(boxes[b"udta"])
    for name in COMMENTS:
        if name in user:
            yield _text(bytes(user[name][4:]))
    items = inside(inside(user[b"meta"][4:]).get(b"ilst", memoryview(b""))) if b"meta" in user else {}
    for name in COMMENTS:
        if name in items:
            yield _text(bytes(inside(items[name]).get(b"data", memoryview(b""))[8:]))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
