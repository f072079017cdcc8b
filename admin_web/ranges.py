"""Parts of a file, as RFC 9110 has them: one range; what is not understood is the whole."""

from __future__ import annotations

import re

RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*")


class Unsatisfiable(Exception):
    pass


def asked_range(header: str | None, size: int) -> tuple[int, int] | None:
    """(first byte, byte after the last); None for the whole. Raises Unsatisfiable."""
    found = RANGE.fullmatch(header or "")
    if found is None or found.group(1) == found.group(2) == "":
        return None
    first, last = found.groups()
    if not first:
        return _last(int(last), size)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise Unsatisfiable
    return int(first), min(size, int(last) + 1) if last else size


def _last(length: int, size: int) -> tuple[int, int]:
    if length == 0 or size == 0:
        raise Unsatisfiable
    return max(0, size - length), size
