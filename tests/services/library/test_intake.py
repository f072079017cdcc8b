"""Every way in: what came as an id alone, what cannot be had, what was there before."""

from __future__ import annotations

import pytest

from services.entities.conversations import FileRef
from services.entities.library import ChannelMode, ContentState
from services.entities.people import Actor
from services.errors import FileUnreadable
from tests.factories import ANNA, BEN, TEAM
from tests.services.library.desk import LibraryDesk

ANNA_ACTOR, BEN_ACTOR = Actor(TEAM, ANNA), Actor(TEAM, BEN)


@pytest.fixture
def desk() -> LibraryDesk:
    return LibraryDesk()


def by_id_alone(file: FileRef) -> FileRef:
    return FileRef(file.id, "file", "", 0, "")


async def test_a_file_that_came_as_an_id_alone_is_asked_about_and_added(desk):
    await desk.intake.hear(desk.posted(by_id_alone(desk.file("brief.md", b"Ninety seconds."))))
    assert desk.memory.library.contents == {}
    await desk.run()
    assert desk.newest().state is ContentState.DONE
    assert desk.newest().title == "brief"


async def test_subtitles_of_another_workspace_are_found_beside_their_video(desk):
    video, subtitles = desk.file("talk.mp4"), desk.file("talk.srt", b"Hello there.")
    await desk.intake.hear(desk.posted(by_id_alone(video), by_id_alone(subtitles)))
    await desk.run()
    assert desk.passages(desk.newest()) == ["Hello there."]
    assert desk.transcriber.asked == []


async def test_an_id_alone_of_no_kind_that_is_kept_is_left_alone(desk):
    await desk.intake.hear(desk.posted(by_id_alone(desk.file("setup.zip"))))
    await desk.run()
    assert desk.memory.library.contents == {}


async def test_an_id_alone_that_slack_does_not_show_us_is_told_of(desk):
    await desk.intake.hear(desk.posted(FileRef("F404", "file", "", 0, "")))
    await desk.run()
    shown = desk.seen.last["C1"].content
    assert (shown.state, shown.reason) == (ContentState.REFUSED, "gone")


@pytest.mark.parametrize("mode", [ChannelMode.ASK, ChannelMode.OFF])
async def test_nobody_is_bothered_with_it_where_nothing_is_added_by_itself(desk, mode):
    await desk.intake.set_mode(ANNA_ACTOR, "C1", mode)
    await desk.intake.hear(desk.posted(FileRef("F404", "file", "", 0, "")))
    await desk.run()
    assert desk.memory.library.contents == {}


async def test_one_file_that_cannot_be_had_keeps_no_other_from_being_added(desk):
    good = desk.file("a.md", b"Text.")
    posted = desk.posted(good, FileRef("F404", "file", "", 0, ""))
    added = await desk.intake.add_message(BEN_ACTOR, "C1", posted.key)
    assert [one.content.title for one in added.received] == ["a"]
    assert [error.reason for error in added.without] == ["gone"]


async def test_ten_files_of_one_message_are_ten_items(desk):
    files = [desk.file("same name.md", f"Text {n}.".encode()) for n in range(10)]
    await desk.intake.hear(desk.posted(*files))
    await desk.run()
    items = await desk.library.recent(BEN_ACTOR, 20)
    assert len({item.id for item in items}) == 10
    assert len({item.short for item in items}) == 10
    assert {item.title for item in items} == {"same name"}


async def test_a_file_in_a_thread_is_shown_in_that_thread(desk):
    await desk.added(thread_ts="1700000000.000001")
    [share] = desk.memory.library.shares.values()
    assert share.place.thread_ts == "1700000000.000001"


async def test_heard_of_once_more_a_deleted_item_stays_deleted(desk):
    posted = desk.posted(desk.file("a.md", b"Text."))
    await desk.intake.hear(posted)
    await desk.run()
    await desk.library.delete(ANNA_ACTOR, desk.newest().id)
    await desk.intake.hear(posted)
    await desk.run()
    assert await desk.library.recent(ANNA_ACTOR) == []


async def test_whose_own_it_is_brings_it_back_by_adding_it(desk):
    item = await desk.added()
    calls = len(desk.outcomes())
    await desk.library.delete(ANNA_ACTOR, item.id)
    [(_, key)] = desk.slack.messages
    await desk.intake.add_message(ANNA_ACTOR, "C1", key)
    await desk.run()
    assert [one.id for one in await desk.library.recent(ANNA_ACTOR)] == [item.id]
    assert len(desk.outcomes()) == calls


async def test_others_add_what_was_deleted_as_their_own(desk):
    item = await desk.added(desk.file("a.md", b"Text."))
    await desk.library.delete(ANNA_ACTOR, item.id)
    [(_, key)] = desk.slack.messages
    await desk.intake.add_message(BEN_ACTOR, "C1", key)
    await desk.run()
    [again] = await desk.library.recent(BEN_ACTOR)
    assert (again.id != item.id, again.user) == (True, BEN)


async def test_a_deleted_file_shared_elsewhere_is_an_item_again(desk):
    file = desk.file("a.md", b"Text.")
    item = await desk.added(file)
    await desk.library.delete(ANNA_ACTOR, item.id)
    await desk.added(file, channel="C2")
    assert [one.id != item.id for one in await desk.library.recent(ANNA_ACTOR)] == [True]


async def test_a_file_deleted_while_it_is_fetched_is_told_as_deleted(desk):
    """Slack then answers its address with the sign-in page."""
    file = desk.file()
    del desk.slack.files[file.id]
    desk.slack.errors = [FileUnreadable(file.name, "no_access")]
    item = await desk.added(file)
    assert (item.state, item.reason) == (ContentState.REFUSED, "gone")
