"""People, threads and files of a workspace, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.entities.conversations import FileRef, Place, ThreadMessage
from services.entities.people import Actor, Person
from services.errors import FileUnreadable, NotFound, SlackUnavailable
from services.ports.slack import FileText


@dataclass
class FakeDirectory:
    people: dict[str, Person] = field(default_factory=dict)
    threads: dict[Place, Sequence[ThreadMessage]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    down: bool = False

    async def person(self, actor: Actor) -> Person:
        self.asked.append(actor.user)
        if self.down:
            raise SlackUnavailable("users.info", "timeout")
        if actor.user not in self.people:
            raise NotFound("person")
        return self.people[actor.user]

    async def thread(self, place: Place, *, limit: int) -> Sequence[ThreadMessage]:
        self.asked.append(f"thread {place.thread_ts}")
        return list(self.threads.get(place, ()))[-limit:]

    async def message(
        self, team: str, channel: str, ts: str, thread_ts: str | None = None
    ) -> ThreadMessage | None:
        place = Place(team, channel, thread_ts or ts)
        return next((one for one in self.threads.get(place, ()) if one.ts == ts), None)


@dataclass
class FakeReader:
    """The FileReader port: texts by file id; a file it does not know is "gone"."""

    texts: dict[str, FileText] = field(default_factory=dict)

    async def read(self, file: FileRef) -> FileText:
        if file.id not in self.texts:
            raise FileUnreadable(file.name, "gone")
        return self.texts[file.id]


@dataclass
class FakeSlackFiles:
    """Contents by file id."""

    contents: dict[str, bytes] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    async def fetch(self, file: FileRef, target: Path, *, limit: int) -> int:
        self.fetched.append(file.id)
        if file.id not in self.contents:
            raise FileUnreadable(file.name, "gone")
        return target.write_bytes(self.contents[file.id])
