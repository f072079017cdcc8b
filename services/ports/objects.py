"""Where files are kept: a folder, or a bucket of any S3-compatible store. One port, one suite for both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredObject:
    """`sha256` in hex: what the store was given, and what it checked."""

    key: str
    size: int
    sha256: str
    content_type: str
    at: datetime


class ObjectStore(Protocol):
    """Keys are ours: `media/…`, `documents/…`, `backups/…`, `logs/…`; never a name that a person chose.

    Raises StoreUnavailable where the store does not answer, ObjectMissing where there is no such object.
    """

    async def put(self, key: str, source: Path, *, sha256: str, content_type: str) -> StoredObject:
        """Store a whole file, in parts where it is large. Nothing is visible under `key` before all of it is
        there and its hash was compared. Raises ObjectDamaged where the hash differs.

        `source` may itself become the object, by a link: remove it afterwards, but never write to it."""
        ...

    async def head(self, key: str) -> StoredObject | None: ...

    def read(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` up to, not including, `end`."""
        ...

    async def fetch(self, key: str, target: Path) -> None:
        """The whole object into a file."""
        ...

    async def delete(self, key: str) -> None:
        """No error where there is none."""
        ...

    def keys(self, prefix: str) -> AsyncIterator[StoredObject]: ...
