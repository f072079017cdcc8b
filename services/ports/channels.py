"""Who is where, and which files stand where: what the library asks of the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from services.entities.conversations import FileRef, Place
from services.entities.people import Actor


@dataclass(frozen=True, slots=True)
class Standing:
    """Files of a message, and the root of the thread that it is in or begins."""

    files: Sequence[FileRef]
    thread_ts: str


class ChannelDirectory(Protocol):
    """Slack's word on who is where."""

    async def channels_of(self, actor: Actor) -> frozenset[str]:
        """All channels and group messages the person is in that we may know of. Raises SlackUnavailable."""
        ...

    async def files_of(self, team: str, channel: str, ts: str) -> Standing:
        """The files of one message, as it tells of them; also of one in a thread."""
        ...

    async def file(self, team: str, file_id: str) -> FileRef:
        """Raises FileUnreadable."""
        ...

    async def direct(self, actor: Actor) -> Place:
        """The person's conversation with us."""
        ...


class HashingFiles(Protocol):
    async def fetch_hashed(self, file: FileRef, target: Path, *, limit: int) -> tuple[int, str]:
        """As SlackFiles.fetch, with the bytes' SHA-256 in hex."""
        ...

    async def known(self, team: str, file_id: str) -> FileRef:
        """What Slack says about it now. Raises FileUnreadable: deleted, hidden, kept elsewhere, not ours to see."""
        ...
