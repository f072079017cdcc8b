"""What can be chosen about the library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from services.entities.library import ChannelMode


@dataclass(frozen=True, slots=True)
class LibrarySettings:
    worker: str
    """Names this process among all that share the database."""
    lease: timedelta = timedelta(seconds=15)
    file_limit: int = 4 * 2**30
    """Bytes."""
    mode: ChannelMode = ChannelMode.AUTO
    """Of channels that nobody has set."""
    keep_deleted: timedelta = timedelta(days=30)
    at_once: int = 2
    """Items that one process works on."""
    parts_at_once: int = 4
    max_attempts: int = 30
    patience: timedelta = timedelta(seconds=10)
    """How long an item may be left before somebody takes it up."""
