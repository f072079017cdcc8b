"""Which keys a store takes. A wrong one is a fault of ours: ValueError."""

from __future__ import annotations

LONGEST = 900  # bytes; S3 takes 1,024
LONGEST_PART = 200  # bytes; file systems take 255


def checked(key: str) -> str:
    """A key that also is a safe path: no part of it is empty, hidden, upwards or unprintable."""
    parts = key.split("/")
    if len(parts) < 2 or len(key.encode()) > LONGEST or not all(map(_is_plain, parts)):
        raise ValueError(f"not a key of ours: {key!r}")
    return key


def checked_prefix(prefix: str) -> str:
    if not all(map(_is_plain, prefix.split("/")[:-1])):
        raise ValueError(f"not the beginning of a key of ours: {prefix!r}")
    return prefix


def checked_range(start: int, end: int | None) -> None:
    if start < 0 or (end is not None and end < start):
        raise ValueError(f"not a range: {start} to {end}")


def _is_plain(part: str) -> bool:
    return (
        part.isprintable()
        and "\\" not in part
        and not part.startswith(".")
        and 0 < len(part.encode()) <= LONGEST_PART
    )
