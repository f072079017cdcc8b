"""What is read from Slack: people, channels, threads, files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from services.entities.conversations import FileRef, Place, ThreadMessage
from services.entities.people import Actor, Person
from services.ports.models import ImagePart


class SlackDirectory(Protocol):
    """People, channels and threads as the workspace has them."""

    async def person(self, actor: Actor) -> Person: ...

    async def thread(self, place: Place, *, limit: int) -> Sequence[ThreadMessage]:
        """The newest `limit` messages of a thread, its root always among them, oldest first."""
        ...

    async def message(
        self, team: str, channel: str, ts: str, thread_ts: str | None = None
    ) -> ThreadMessage | None: ...


@dataclass(frozen=True, slots=True)
class FileText:
    """What a model can read of a file: text, or an image."""

    name: str
    text: str = ""
    image: ImagePart | None = None


class SlackFiles(Protocol):
    async def fetch(self, file: FileRef, target: Path, *, limit: int) -> int:
        """Stream a file's bytes to `target`; its size. Raises FileUnreadable."""
        ...


class FileReader(Protocol):
    async def read(self, file: FileRef) -> FileText:
        """Fetched and parsed once, then remembered. Raises FileUnreadable."""
        ...
