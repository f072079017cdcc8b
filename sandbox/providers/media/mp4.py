"""MP4, M4A and MOV: the length from `mvhd`, the text from `udta`, as QuickTime or iTunes write it."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from sandbox.providers.media.recording import Recording, Unreadable, first

COMMENTS = (b"\xa9cmt", b"cmmt", b"\xa9lyr")
WHOLE = 0
LARGE = 1

Boxes = dict[bytes, memoryview]


def read(data: bytes) -> Recording:
    movie = _inside(memoryview(data)).get(b"moov")
    if movie is None:
        raise Unreadable("an MP4 file without a movie")
    boxes = _inside(movie)
    if b"mvhd" not in boxes:
        raise Unreadable("an MP4 file without a movie header")
    return Recording("mp4", _seconds(boxes[b"mvhd"]), first(_comments(boxes)))


def _seconds(header: memoryview) -> float:
    layout, at = (">IQ", 20) if header[0] == 1 else (">II", 12)
    scale, duration = struct.unpack_from(layout, header, at)
    return float(duration / scale)


def _comments(boxes: Boxes) -> Iterator[str]:
    if b"udta" not in boxes:
        return
    user = _inside(boxes[b"udta"])
    for name in COMMENTS:
        if name in user:
            yield _text(bytes(user[name][4:]))
    items = _inside(_inside(user[b"meta"][4:]).get(b"ilst", memoryview(b""))) if b"meta" in user else {}
    for name in COMMENTS:
        if name in items:
            yield _text(bytes(_inside(items[name]).get(b"data", memoryview(b""))[8:]))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _inside(view: memoryview) -> Boxes:
    """The first box of each name."""
    boxes: Boxes = {}
    for name, body in _boxes(view):
        boxes.setdefault(name, body)
    return boxes


def _boxes(view: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    at = 0
    while at + 8 <= len(view):
        size, name = struct.unpack_from(">I4s", view, at)
        head = 8
        if size == LARGE:
            (size,), head = struct.unpack_from(">Q", view, at + 8), 16
        elif size == WHOLE:
            size = len(view) - at
        if size < head:
            raise Unreadable("an MP4 box that is smaller than its head")
        yield name, view[at + head : at + size]
        at += size
