"""Files of a thread that the library knows."""

from __future__ import annotations

import pytest

from services.entities.conversations import FileRef
from services.entities.media import MediaKind
from services.errors import FileUnreadable
from services.library.files import LibraryFiles
from services.ports.slack import FileText
from tests.factories import TEAM
from tests.fakes.slack import FakeReader
from tests.services.library.desk import LibraryDesk


@pytest.fixture
def desk() -> LibraryDesk:
    return LibraryDesk()


async def test_recordings_of_a_thread_are_read_as_transcripts(desk):
    film, paper = desk.file("talk.mp4"), desk.file("paper.md")
    files = LibraryFiles(
        FakeReader({paper.id: FileText("paper.md", "As before.")}), desk.slack, desk.uow, TEAM
    )
    with pytest.raises(FileUnreadable) as early:
        await files.read(film)
    assert early.value.reason == "untranscribed"
    item = await desk.added(film)
    assert item.kind is MediaKind.VIDEO
    assert "[1:00] This is part 1." in (await files.read(film)).text
    assert (await files.read(paper)).text == "As before."


async def test_a_silent_recording_is_told_as_that_once_it_is_ready(desk):
    desk.media.audio = False
    film = desk.file("still life.mp4")
    files = LibraryFiles(FakeReader(), desk.slack, desk.uow, TEAM)
    await desk.added(film)
    assert (await files.read(film)).text == "“still life”: nothing is said in it."


async def test_a_file_of_another_workspace_is_read_by_its_id(desk):
    paper = desk.file("paper.md")
    files = LibraryFiles(FakeReader({paper.id: FileText("paper.md", "As told.")}), desk.slack, desk.uow, TEAM)
    assert (await files.read(FileRef(paper.id, "file", "", 0, ""))).text == "As told."
    with pytest.raises(FileUnreadable) as error:
        await files.read(FileRef("F404", "file", "", 0, ""))
    assert error.value.reason == "gone"


async def test_a_transcript_that_is_not_whole_yet_says_so():
    desk = LibraryDesk(daily_tokens=1_600, parts_at_once=1)
    film = desk.file("talk.mp4")
    item = await desk.added(film)
    assert (item.reason, len(desk.passages(item))) == ("budget", 1)
    read = await LibraryFiles(FakeReader(), desk.slack, desk.uow, TEAM).read(film)
    assert read.text.endswith("[0:00] This is part 0.\n[the rest of it is not transcribed yet]")
