"""FLAC: the length from STREAMINFO, the text from the Vorbis comment."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from sandbox.providers.media.recording import Recording, Unreadable, spoken_comment

STREAMINFO, COMMENT = 0, 4


def read(data: bytes) -> Recording:
    blocks = dict(_blocks(data))
    if STREAMINFO not in blocks:
        raise Unreadable("a FLAC file without STREAMINFO")
    (packed,) = struct.unpack_from(">Q", blocks[STREAMINFO], 10)
    rate, samples = packed >> 44, packed & (2**36 - 1)
    spoken = spoken_comment(vorbis_comments(blocks[COMMENT])) if COMMENT in blocks else None
    return Recording("flac", samples / rate, spoken)


def vorbis_comments(block: bytes) -> Iterator[bytes]:
    """`block` begins with the vendor's name."""
    (vendor,) = struct.unpack_from("<I", block)
    (count,) = struct.unpack_from("<I", block, 4 + vendor)
    at = 8 + vendor
    for _ in range(count):
        (size,) = struct.unpack_from("<I", block, at)
        yield block[at + 4 : at + 4 + size]
        at += 4 + size


def _blocks(data: bytes) -> Iterator[tuple[int, bytes]]:
    at, last = 4, False
    while not last:
        head = struct.unpack_from(">I", data, at)[0]
        last, kind, size = bool(head >> 31), (head >> 24) & 0x7F, head & 0xFFFFFF
        yield kind, data[at + 4 : at + 4 + size]
        at += 4 + size
