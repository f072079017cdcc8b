"""Pictures of coloured rectangles, as PNG and without a library."""

import struct
import zlib
from collections.abc import Sequence

Rectangle = tuple[int, int, int, int, str]
"""left, top, right, bottom in pixels, and a colour like #2b2140"""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BITS, _TRUE_COLOUR = 8, 2


def png(width: int, height: int, rectangles: Sequence[Rectangle]) -> bytes:
    """Later rectangles lie on earlier ones; what none covers is white."""
    rows = [bytearray(b"\xff" * (3 * width)) for _ in range(height)]
    for left, top, right, bottom, colour in rectangles:
        left, right = max(left, 0), min(right, width)
        stroke = bytes.fromhex(colour.removeprefix("#")) * (right - left)
        for row in rows[max(top, 0) : min(bottom, height)]:
            row[3 * left : 3 * right] = stroke
    header = struct.pack(">IIBBBBB", width, height, _BITS, _TRUE_COLOUR, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
