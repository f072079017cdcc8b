"""The subtitle track of an MP4 file (3GPP timed text, `tx3g`), as WebVTT."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import chain, repeat

from sandbox.providers.media.boxes import boxes, inside

SUBTITLES = frozenset({b"sbtl", b"text", b"subt"})
MOST = 100_000


def webvtt(data: bytes, movie: memoryview) -> str:
    """Empty where there is no subtitle track. Offsets in it are counted from the beginning of the file."""
    for name, track in boxes(movie):
        media = inside(inside(track).get(b"mdia", memoryview(b""))) if name == b"trak" else {}
        if b"hdlr" in media and bytes(media[b"hdlr"][8:12]) in SUBTITLES:
            table = inside(inside(media[b"minf"])[b"stbl"])
            cues = zip(_times(media[b"mdhd"], table[b"stts"]), _samples(data, table), strict=False)
            return "WEBVTT\n\n" + "\n\n".join(f"{times}\n{text}" for times, text in cues if text.strip())
    return ""


def _times(header: memoryview, table: memoryview) -> Iterator[str]:
    (scale,) = struct.unpack_from(">I", header, 20 if header[0] == 1 else 12)
    at = 0
    steps = (repeat(step, min(count, MOST)) for count, step in _rows(table, ">II"))
    for lasting in chain.from_iterable(steps):
        yield f"{_clock(at / scale)} --> {_clock((at + lasting) / scale)}"
        at += lasting


def _samples(data: bytes, table: dict[bytes, memoryview]) -> Iterator[str]:
    sizes = _sizes(table[b"stsz"])
    for offset, count in _chunks(table):
        for _ in range(count):
            size = next(sizes, 0)
            yield _text(data[offset : offset + size])
            offset += size


def _text(sample: bytes) -> str:
    """Two bytes of length, the text, then styles that nobody speaks."""
    (length,) = struct.unpack_from(">H", sample) if len(sample) >= 2 else (0,)
    return sample[2 : 2 + length].decode("utf-8", "replace")


def _sizes(table: memoryview) -> Iterator[int]:
    each, count = struct.unpack_from(">II", table, 4)
    if each:
        yield from repeat(each, min(count, MOST))
    else:
        yield from (size for (size,) in struct.iter_unpack(">I", table[12 : 12 + 4 * count]))


def _chunks(table: dict[bytes, memoryview]) -> Iterator[tuple[int, int]]:
    """(offset, how many samples) of each chunk: `stsc` names only where that number changes."""
    wide = b"co64" in table
    offsets = [row[0] for row in _rows(table[b"co64" if wide else b"stco"], ">Q" if wide else ">I")]
    changes = {first: count for first, count, _ in _rows(table[b"stsc"], ">III")}
    count = 0
    for number, offset in enumerate(offsets, start=1):
        count = min(changes.get(number, count), MOST)
        yield offset, count


def _rows(table: memoryview, layout: str) -> Iterator[tuple[int, ...]]:
    (count,) = struct.unpack_from(">I", table, 4)
    yield from struct.iter_unpack(layout, table[8 : 8 + count * struct.calcsize(layout)])


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 1_000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1_000:02}.{rest % 1_000:03}"
