"""The boxes that MP4 files are made of."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from sandbox.providers.media.recording import Unreadable

WHOLE = 0
LARGE = 1

Boxes = dict[bytes, memoryview]


def inside(view: memoryview) -> Boxes:
    """The first box of each name."""
    found: Boxes = {}
    for name, body in boxes(view):
        found.setdefault(name, body)
    return found


def boxes(view: memoryview) -> Iterator[tuple[bytes, memoryview]]:
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
