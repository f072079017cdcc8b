"""Ogg with Opus or Vorbis: the length from the last page, the text from the comment packet."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice

from sandbox.providers.media.flac import vorbis_comments
from sandbox.providers.media.recording import Recording, Unreadable, spoken_comment

OPUS_RATE = 48_000
NO_POSITION = 2**64 - 1


def read(data: bytes) -> Recording:
    head, tags = [*islice(_packets(data), 2), b"", b""][:2]
    if head[:8] == b"OpusHead":
        (skipped,) = struct.unpack_from("<H", head, 10)
        rate, comments = OPUS_RATE, tags[8:]
    elif head[:7] == b"\x01vorbis":
        rate, skipped, comments = struct.unpack_from("<I", head, 12)[0], 0, tags[7:]
    else:
        raise Unreadable("an Ogg file with neither Opus nor Vorbis")
    spoken = spoken_comment(vorbis_comments(comments)) if comments else None
    return Recording("ogg", max(0, _last_position(data) - skipped) / rate, spoken)


def _pages(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """(position in samples, lacing values, where its payload begins)"""
    at = 0
    while data[at : at + 4] == b"OggS":
        (position,) = struct.unpack_from("<Q", data, at + 6)
        segments = data[at + 27 : at + 27 + data[at + 26]]
        start = at + 27 + len(segments)
        yield position, segments, start
        at = start + sum(segments)


def _packets(data: bytes) -> Iterator[bytes]:
    packet = bytearray()
    for _, segments, at in _pages(data):
        for size in segments:
            packet += data[at : at + size]
            at += size
            if size < 255:
                yield bytes(packet)
                packet.clear()


def _last_position(data: bytes) -> int:
    return max((position for position, _, _ in _pages(data) if position != NO_POSITION), default=0)
