"""ID3v2.3 and 2.4 tags: texts that are named `spoken`, or not named at all."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from sandbox.providers.media.recording import first

HEAD = 10
ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")
NAMES = {b"TXXX": {"spoken"}, b"USLT": {"", "spoken"}, b"COMM": {"", "spoken"}}


def length(data: bytes) -> int:
    """Of the tag at the beginning, with its header; 0 where there is none."""
    return HEAD + _synchsafe(data[6:10]) if data[:3] == b"ID3" else 0


def spoken(data: bytes) -> str | None:
    texts = dict(_texts(data))
    return first(texts.get(kind, "") for kind in NAMES)


def _texts(data: bytes) -> Iterator[tuple[bytes, str]]:
    for kind, body in _frames(data):
        if kind in NAMES and body and body[0] < len(ENCODINGS):
            language = 0 if kind == b"TXXX" else 3
            text = body[1 + language :].decode(ENCODINGS[body[0]], "replace")
            name, _, value = text.partition("\0")
            if name.lstrip("\ufeff").lower() in NAMES[kind]:
                yield kind, value.lstrip("\ufeff")


def _frames(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    end, at = min(length(data), len(data)), HEAD
    while at + HEAD < end and data[at] != 0:
        kind, raw = data[at : at + 4], data[at + 4 : at + 8]
        size = _synchsafe(raw) if data[3] == 4 else struct.unpack(">I", raw)[0]
        yield kind, data[at + HEAD : at + HEAD + size]
        at += HEAD + size


def _synchsafe(raw: bytes) -> int:
    return raw[0] << 21 | raw[1] << 14 | raw[2] << 7 | raw[3]
