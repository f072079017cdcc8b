"""Plain text: UTF-8, UTF-16 with its mark, else the most likely character set."""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from pathlib import Path

from services.media.unreadable import Unreadable

HEAD_BYTES = 64 * 1024
BYTES_PER_CHARACTER = 4
GUESS_FROM_BYTES = 256 * 1024
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def is_text(path: Path) -> bool:
    head = _head(path, HEAD_BYTES)
    return head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or CONTROL.search(head) is None


def text(path: Path, limit: int) -> str:
    """Enough of it to fill `limit` characters; what is longer is longer by at least one."""
    data = _head(path, (limit + 1) * BYTES_PER_CHARACTER)
    encoding = "utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return getincrementaldecoder(encoding)().decode(data)  # the last character may be cut in two
    except UnicodeDecodeError:
        return _guessed(data)


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:GUESS_FROM_BYTES]).best()
    if best is None:
        raise Unreadable("type")
    return data.decode(best.encoding, "replace")


def _head(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)
