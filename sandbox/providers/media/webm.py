"""WebM: the length from the segment's information, the text from a tag named SPOKEN."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from sandbox.providers.media.recording import Recording, Unreadable, spoken_comment

MAGIC = b"\x1a\x45\xdf\xa3"
SEGMENT, INFO, SCALE, DURATION = 0x18538067, 0x1549A966, 0x2AD7B1, 0x4489
TAGS, TAG, SIMPLE, NAME, TEXT = 0x1254C367, 0x7373, 0x67C8, 0x45A3, 0x4487
MILLISECOND = 1_000_000


def read(data: bytes) -> Recording:
    segment = next((body for kind, body in _elements(memoryview(data)) if kind == SEGMENT), None)
    if segment is None:
        raise Unreadable("a WebM file without a segment")
    parts = list(_elements(segment))
    information = dict(_elements(next((body for kind, body in parts if kind == INFO), memoryview(b""))))
    if DURATION not in information:
        raise Unreadable("a WebM file that does not say how long it is")
    scale = int.from_bytes(information[SCALE], "big") if SCALE in information else MILLISECOND
    tags = [body for kind, body in parts if kind == TAGS]
    spoken = spoken_comment(comment for body in tags for comment in _comments(body))
    return Recording("webm", _float(information[DURATION]) * scale / 1e9, spoken)


def _float(raw: memoryview) -> float:
    number: float = struct.unpack(">f" if len(raw) == 4 else ">d", raw)[0]
    return number


def _comments(tags: memoryview) -> Iterator[bytes]:
    for kind, tag in _elements(tags):
        for inner, simple in _elements(tag) if kind == TAG else ():
            if inner == SIMPLE:
                said = dict(_elements(simple))
                yield bytes(said.get(NAME, b"")) + b"=" + bytes(said.get(TEXT, b""))


def _elements(view: memoryview) -> Iterator[tuple[int, memoryview]]:
    at = 0
    while at < len(view):
        id_width = _width(view[at])
        kind = int.from_bytes(view[at : at + id_width], "big")
        at += id_width
        width = _width(view[at])
        size = int.from_bytes(view[at : at + width], "big") & ((1 << 7 * width) - 1)
        at += width
        unknown = size == (1 << 7 * width) - 1
        yield kind, view[at:] if unknown else view[at : at + size]
        at = len(view) if unknown else at + size


def _width(lead: int) -> int:
    if not lead:
        raise Unreadable("a WebM element with a broken size")
    return 9 - lead.bit_length()
