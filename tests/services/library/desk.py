"""The library's services over fakes, wired as `build()` wires them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from services.calendar import Calendar
from services.entities.calls import Usage
from services.entities.conversations import FileRef, Place
from services.entities.library import Content, Found, Passage, Share
from services.entities.people import Actor
from services.entities.tools import ToolUse
from services.entities.turns import Heard
from services.errors import FileUnreadable, SlackUnavailable
from services.library import (
    Claiming,
    FromStore,
    LibraryAnswers,
    LibraryIntake,
    LibraryItems,
    LibraryService,
    LibrarySettings,
    LibraryTool,
    LibraryWork,
    Posters,
    Rights,
    Showing,
    Storing,
    Summaries,
    Transcription,
    Understanding,
)
from services.library.intake import LOOK_TASK
from services.library.query import QueryParser
from services.library.receiving import ASK_TASK, SHOW_TASK, WORK_TASK
from services.limits import LimitsService
from services.models.router import ModelRouter
from services.pauses import PausesService
from services.people import PeopleService
from services.policy import Policy
from services.ports.channels import Standing
from services.ports.models import Finished, TextDelta
from services.ports.showing import Picture, Progress
from services.ports.tools import Asker
from tests import factories as make
from tests.fakes.cancellation import FakeCancellation
from tests.fakes.clock import FakeClock
from tests.fakes.media import FakeMedia, FakeTranscriber
from tests.fakes.models import FakeModel
from tests.fakes.objects import FakeObjects
from tests.fakes.slack import FakeDirectory
from tests.fakes.uow import fake_unit_of_work, new_memory

GUEST, STRANGER = "UGUEST", "USTRANGER"
PEOPLE = {
    make.ANNA: make.person(),
    make.BEN: make.person(user=make.BEN, name="Ben"),
    "UADMIN": make.person(user="UADMIN", name="Ada", is_admin=True),
    GUEST: make.person(user=GUEST, name="Gus", is_guest=True),
    STRANGER: make.person(user=STRANGER, name="Sam of another company"),
}
SUMMARY = "SUMMARY: They talk about prices.\nTOPICS: prices; launch\nLANGUAGE: en\nCHAPTERS:\n0:00 Start\n1:00 Prices"


class Priced:
    def cost(self, provider: str, model: str, usage: Usage) -> Decimal | None:
        return Decimal(usage.total) / 1_000_000


@dataclass
class FakeWorkspace:
    """Who is where, which files stand where, and their bytes. `errors` are raised by fetches, one each."""

    channels: dict[str, set[str]] = field(default_factory=dict)
    files: dict[str, FileRef] = field(default_factory=dict)
    messages: dict[tuple[str, str], list[FileRef]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    errors: list[Exception] = field(default_factory=list)
    asked: int = 0
    down: bool = False

    async def channels_of(self, actor: Actor) -> frozenset[str]:
        self.asked += 1
        if self.down:
            raise SlackUnavailable("users.conversations", "timeout")
        return frozenset(channel for channel, people in self.channels.items() if actor.user in people)

    async def files_of(self, team: str, channel: str, ts: str) -> Standing:
        return Standing(self.messages.get((channel, ts), []), ts)

    async def file(self, team: str, file_id: str) -> FileRef:
        if file_id not in self.files:
            raise FileUnreadable(file_id, "gone")
        return self.files[file_id]

    async def known(self, team: str, file_id: str) -> FileRef:
        return await self.file(team, file_id)

    async def direct(self, actor: Actor) -> Place:
        return Place(actor.team, f"D{actor.user}")

    async def fetch_hashed(self, file: FileRef, target: Path, *, limit: int) -> tuple[int, str]:
        if self.errors:
            raise self.errors.pop(0)
        data = self.contents.get(file.id)
        if data is None:
            raise FileUnreadable(file.name, "gone")
        if len(data) > limit:
            raise FileUnreadable(file.name, "too_large")
        target.write_bytes(data)
        return len(data), hashlib.sha256(data).hexdigest()


@dataclass
class Seen:
    """What is shown: the last of each share, and all in order."""

    last: dict[str, Progress] = field(default_factory=dict)
    all: list[Progress] = field(default_factory=list)
    asked: list[Share] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    async def progress(self, share: Share, progress: Progress) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.last[share.place.channel] = progress
        self.all.append(progress)

    async def whisper(self, share: Share, content: Content) -> None:
        self.asked.append(share)


@dataclass
class FakePictures:
    """Pictures in Slack by id."""

    kept: dict[str, Picture] = field(default_factory=dict)
    down: bool = False
    count: int = 0

    async def keep(self, team: str, picture: Picture) -> str:
        if self.down:
            raise SlackUnavailable("upload", "503")
        self.count += 1
        self.kept[f"FP{self.count}"] = picture
        return f"FP{self.count}"

    async def remove(self, team: str, file_id: str) -> None:
        if self.down:
            raise SlackUnavailable("files.delete", "503")
        self.kept.pop(file_id, None)


class LibraryDesk:
    """Anna and Ben are in C1; only Anna is in C2; Ben alone is in C3."""

    def __init__(self, *, daily_tokens: int = 500_000, **settings: object) -> None:
        self.clock = FakeClock()
        self.memory = new_memory(self.clock.now)
        self.uow = fake_unit_of_work(self.memory)
        self.slack = FakeWorkspace(
            {"C1": {make.ANNA, make.BEN, GUEST, "UADMIN"}, "C2": {make.ANNA}, "C3": {make.BEN}}
        )
        self.objects, self.media, self.transcriber = FakeObjects(), FakeMedia(), FakeTranscriber()
        self.model = FakeModel(
            name="haiku", script=(TextDelta(SUMMARY), Finished(Usage(tokens_in=50, tokens_out=9), "end"))
        )
        self.seen, self.pictures = Seen(), FakePictures()
        self.cancellation = FakeCancellation()
        self.settings = replace(LibrarySettings("w1"), **settings)  # type: ignore[arg-type]
        self.passed: list[str] = []
        self.daily_tokens = daily_tokens
        self.guests = False
        self.wire()

    def wire(self) -> None:
        calendar = Calendar(ZoneInfo("UTC"))
        self.directory = FakeDirectory(dict(PEOPLE))
        people = self.people = PeopleService(self.uow, self.directory, self.clock)
        router = ModelRouter({"library": [self.model]}, self.clock)
        policy = Policy((), guests=self.guests)
        self.limits = LimitsService(self.uow, self.clock, calendar, people, policy, self.daily_tokens)
        pauses = PausesService(self.uow, people, policy, self.clock)
        self.rights = Rights(self.uow, people, policy, self.slack, self.clock)
        storing = Storing(self.slack, self.objects, self.media, self.settings)
        transcription = Transcription(
            self.uow, self.limits, pauses, Priced(), calendar, self.clock, self.checkpoint, [self.transcriber],
            self.settings.parts_at_once,
        )  # fmt: skip
        posters = Posters(self.uow, self.objects, self.pictures)
        self.showing = Showing(self.uow, self.rights, self.seen, posters, self.clock)
        self.claiming = Claiming(self.uow, self.cancellation, self.clock, self.settings)
        self.work = LibraryWork(
            self.uow,
            self.claiming,
            self.rights,
            storing,
            Understanding(self.uow, self.media, storing, transcription),
            transcription,
            Summaries(self.uow, router, self.limits, pauses, Priced(), calendar, self.clock, self.checkpoint),
            self.showing,
            self.cancellation,
            self.clock,
            self.checkpoint,
            self.settings,
        )
        self.intake = LibraryIntake(
            self.uow, self.rights, self.slack, self.cancellation, self.clock, self.settings
        )
        parser = QueryParser(calendar, self.clock.now)
        self.library = LibraryService(
            self.uow, self.rights, storing, posters, parser, self.clock, self.settings
        )
        self.from_store = FromStore(self.uow, self.rights, self.objects, self.clock, self.settings)
        self.items = LibraryItems(self.uow, self.rights)
        answers = LibraryAnswers(self.uow, self.rights, self.clock, "https://acme.slack.com/")
        self.tool = LibraryTool(answers, parser)

    def checkpoint(self, name: str) -> None:
        self.passed.append(name)

    # -- acts ----------------------------------------------------------------------------------

    def file(self, name: str = "launch.mp4", data: bytes = b"a film", **given: str) -> FileRef:
        file_id = f"F{len(self.slack.contents) + 1}"
        self.slack.contents[file_id] = data
        self.slack.files[file_id] = make.file(file_id, name=name, **given)
        return self.slack.files[file_id]

    def posted(self, *files: FileRef, user: str = make.ANNA, **given: object) -> Heard:
        said = make.heard(user=user, files=files, text="", **given)
        self.slack.messages[said.channel, said.key] = list(files)
        return said

    async def dropped(self, *files: FileRef, **given: object) -> Content:
        """Heard, and the first item as it then is; nothing of it is worked on yet."""
        await self.intake.hear(self.posted(*(files or (self.file(),)), **given))
        return self.newest()

    async def added(self, *files: FileRef, **given: object) -> Content:
        """Heard and worked on until nobody has anything to do."""
        item = await self.dropped(*files, **given)
        await self.run()
        return self.item(item)

    async def run(self) -> None:
        """The queued jobs, and those that they queue."""
        while self.memory.jobs:
            task, payload = self.memory.jobs.pop(0)
            if task == LOOK_TASK:
                place = Place(payload["team"], payload["channel"], payload["thread_ts"] or None)
                await self.intake.look(payload["user"], place, payload["audience"], payload["files"].split())
                continue
            work = {WORK_TASK: self.work.work, SHOW_TASK: self.showing.show, ASK_TASK: self.showing.ask}[task]
            await work(UUID(payload["content"]))

    async def asked(self, user: str, channel: str | None, query: str, **filters: object) -> str:
        """What a model is told that searches for somebody."""
        use = ToolUse("toolu_1", "search_library", json.dumps({"query": query, **filters}))
        return (await self.tool.use(Asker(Actor(make.TEAM, user), channel), use)).text

    # -- what is -------------------------------------------------------------------------------

    def newest(self) -> Content:
        return max((row.content for row in self.memory.library.contents.values()), key=lambda item: item.id)

    def item(self, item: Content) -> Content:
        return self.memory.library.contents[item.id].content

    def passages(self, item: Content) -> list[str]:
        return [passage.text for passage in self.all_passages(item)]

    def all_passages(self, item: Content) -> list[Passage]:
        found = [p for (of, _), p in self.memory.library.passages.items() if of == item.id]
        return sorted(found, key=lambda passage: passage.number)

    async def titles(self, user: str, text: str) -> list[str]:
        results = await self.library.search(Actor(make.TEAM, user), text)
        return titles(results.found)

    def outcomes(self) -> list[str]:
        return [call.outcome.value for call in self.memory.calls.values()]


def titles(found: Sequence[Found]) -> list[str]:
    return [one.content.title for one in found]
