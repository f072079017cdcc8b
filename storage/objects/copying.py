"""Bytes on their way, hashed while they pass."""

from __future__ import annotations

import hashlib
from typing import IO

CHUNK = 1 << 19


def copy_hashed(source: IO[bytes], target: IO[bytes]) -> tuple[int, str]:
    """(bytes, their SHA-256)."""
    digest, size = hashlib.sha256(), 0
    while data := source.read(CHUNK):
        digest.update(data)
        target.write(data)
        size += len(data)
    return size, digest.hexdigest()


def hashed(source: IO[bytes]) -> tuple[int, str]:
    """(bytes, their SHA-256)."""
    digest, size = hashlib.sha256(), 0
    while data := source.read(CHUNK):
        digest.update(data)
        size += len(data)
    return size, digest.hexdigest()
