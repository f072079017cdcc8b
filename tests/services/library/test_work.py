"""From a file in Slack to a card, and everything that may come in between."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from services.entities.library import Content, ContentState, Part, PartState, Stage
from services.entities.media import SubtitleTrack
from services.entities.people import Actor
from services.errors import (
    FileUnreadable,
    LostClaim,
    ModelUnavailable,
    SlackUnavailable,
    Stopped,
    StorageUnavailable,
)
from tests.factories import ANNA, BEN, TEAM
from tests.services.library.desk import GUEST, LibraryDesk

LONG = "And so we talk about prices, lamps and the launch of the next film, at length. " * 6
ANNA_ACTOR, BEN_ACTOR = Actor(TEAM, ANNA), Actor(TEAM, BEN)


@pytest.fixture
def desk() -> LibraryDesk:
    return LibraryDesk()


async def test_a_video_becomes_an_item_with_transcript_summary_and_card(desk):
    desk.transcriber.said = {0: LONG, 1: "The price is ninety euros."}
    item = await desk.added()
    assert (item.state, item.stage) == (ContentState.DONE, Stage.READY)
    assert item.title == "launch"
    assert item.summary == "They talk about prices."
    assert item.topics == ("prices", "launch")
    assert [chapter.title for chapter in item.chapters] == ["Start", "Prices"]
    assert item.language == "en"
    assert desk.passages(item)[-1] == "The price is ninety euros."
    assert desk.all_passages(item)[-1].start == 60.0
    assert set(desk.objects.kept) == {item.object_key, item.poster_key, item.sheet_key}
    assert desk.seen.last["C1"].content.state is ContentState.DONE
    assert desk.outcomes() == ["answered"] * 3


async def test_a_document_needs_no_call_for_its_text(desk):
    item = await desk.added(desk.file("brief.md", b"Length: ninety seconds.\fTone: calm."))
    assert desk.passages(item) == ["Length: ninety seconds.", "Tone: calm."]
    assert [passage.page for passage in desk.all_passages(item)] == [1, 2]
    assert desk.outcomes() == []
    assert item.state is ContentState.DONE


async def test_the_same_file_in_two_channels_is_one_item_seen_in_both(desk):
    file = desk.file()
    first = await desk.added(file)
    await desk.added(file, channel="C2")
    assert desk.newest().id == first.id
    assert set(desk.seen.last) == {"C1", "C2"}


async def test_the_same_bytes_are_stored_and_paid_for_once(desk):
    first = await desk.added(desk.file("a.mp4", b"same"))
    calls = len(desk.outcomes())
    second = await desk.added(desk.file("b.mp4", b"same"), channel="C2", user=ANNA)
    assert second.state is ContentState.MERGED
    assert len(desk.objects.kept) == 3
    assert len(desk.outcomes()) == calls
    assert desk.seen.last["C2"].content.id == first.id


async def test_subtitles_beside_a_video_cost_nothing(desk):
    video, subtitles = desk.file("talk.mp4"), desk.file("talk.en.srt", b"Hello there.\nHow are you?")
    item = await desk.added(video, subtitles)
    assert desk.passages(item) == ["Hello there. How are you?"]
    assert desk.transcriber.asked == []
    assert len(desk.memory.library.contents) == 1


async def test_a_subtitle_track_costs_nothing(desk):
    desk.media.tracks = (SubtitleTrack(2, "de"),)
    item = await desk.added()
    assert desk.passages(item) == ["From track 2."]
    assert item.language == "de"
    assert desk.transcriber.asked == []


async def test_a_video_without_sound_is_ready_without_words(desk):
    desk.media.audio = False
    item = await desk.added()
    assert item.state is ContentState.DONE
    assert desk.passages(item) == []


async def test_silence_is_not_paid_for(desk):
    desk.media.silent = frozenset({0, 1})
    item = await desk.added()
    assert item.state is ContentState.DONE
    assert desk.transcriber.asked == []


@pytest.mark.parametrize(
    ("data", "error", "reason"),
    [
        (b"BAD", None, "mismatch"),
        (b"", None, "damaged"),
        (b"x", FileUnreadable("x", "gone"), "gone"),
        (b"x", FileUnreadable("x", "too_large"), "too_large"),
    ],
)
async def test_what_we_do_not_keep_is_refused_with_its_reason(desk, data, error, reason):
    desk.slack.errors = [error] if error else []
    item = await desk.added(desk.file(data=data))
    assert (item.state, item.reason) == (ContentState.REFUSED, reason)
    assert desk.objects.kept == {}
    assert desk.seen.last["C1"].content.reason == reason


async def test_slack_out_of_order_only_delays(desk):
    desk.slack.errors = [SlackUnavailable("files", "503")]
    item = await desk.added()
    assert (item.state, item.reason) == (ContentState.WAITING, "slack")
    desk.clock.tick(60)
    assert await desk.claiming.wake_overdue() == 1
    await desk.run()
    assert desk.item(item).state is ContentState.DONE


async def test_a_store_that_is_down_only_delays(desk):
    desk.objects.down = True
    item = await desk.added()
    assert (item.state, item.reason, item.stage) == (ContentState.WAITING, "store", Stage.RECEIVED)
    desk.objects.down = False
    desk.clock.tick(60)
    await desk.claiming.wake_overdue()
    await desk.run()
    assert desk.item(item).state is ContentState.DONE


async def test_a_transcriber_that_is_down_keeps_what_was_done(desk):
    desk.transcriber.said = {1: ModelUnavailable("openai", "overloaded", status=529)}
    item = await desk.added()
    assert (item.state, item.reason, item.stage) == (ContentState.WAITING, "model", Stage.STORED)
    assert desk.passages(item) == ["This is part 0."]
    assert desk.seen.last["C1"].done == 1
    desk.clock.tick(120)
    await desk.claiming.wake_overdue()
    await desk.run()
    assert desk.item(item).state is ContentState.DONE
    assert desk.transcriber.asked == [0, 1, 1]


async def test_a_budget_gone_in_the_middle_keeps_what_was_done():
    desk = LibraryDesk(daily_tokens=1_600, parts_at_once=1)
    item = await desk.added()
    assert (item.state, item.reason) == (ContentState.WAITING, "budget")
    assert desk.transcriber.asked == [0, 1][: len(desk.passages(item))]
    assert desk.passages(item)
    assert item.wake_at is not None


async def test_go_on_takes_up_what_waits():
    desk = LibraryDesk(daily_tokens=1_600, parts_at_once=1)
    item = await desk.added()
    assert item.reason == "budget"
    desk.daily_tokens = 500_000
    desk.wire()
    assert await desk.intake.go_on(ANNA_ACTOR, item.id)
    await desk.run()
    assert desk.item(item).state is ContentState.DONE
    assert sorted(desk.transcriber.asked) == [0, 1]


async def test_a_worker_that_dies_in_a_call_leaves_a_question(desk):
    never = asyncio.Event()
    desk.transcriber.said = {1: never}
    item = await desk.dropped()
    dying = asyncio.create_task(desk.work.work(item.id))
    while len(desk.transcriber.asked) < 2 or not desk.passages(item):
        await asyncio.sleep(0)
    dying.cancel()
    await asyncio.wait({dying})
    desk.memory.jobs.clear()
    desk.transcriber.said = {}
    desk.clock.tick(60)
    await desk.claiming.wake_overdue()
    await desk.run()
    found = desk.item(item)
    assert found.state is ContentState.UNCERTAIN
    assert desk.transcriber.asked == [0, 1]
    assert desk.seen.last["C1"].left == 1
    assert "uncertain" in desk.outcomes()

    assert await desk.intake.decide(ANNA_ACTOR, item.id, again=True)
    assert not await desk.intake.decide(ANNA_ACTOR, item.id, again=True)
    await desk.run()
    assert desk.item(item).state is ContentState.DONE
    assert desk.transcriber.asked == [0, 1, 1]
    assert sorted(desk.outcomes()) == ["answered", "answered", "released"]


async def test_a_lost_part_can_be_left_out(desk):
    item = await desk.dropped()
    async with desk.uow() as uow:
        await uow.library.plan_parts(item.id, [Part(0, 0, 60, PartState.UNCERTAIN), Part(1, 60, 120)])
        await uow.library.turn(item.id, ContentState.UNCERTAIN, of={ContentState.OPEN})
        await uow.commit()
    assert await desk.intake.decide(ANNA_ACTOR, item.id, again=False)
    await desk.run()
    assert desk.transcriber.asked == [1]
    assert desk.item(item).state is ContentState.DONE


async def test_stop_keeps_what_is_paid_and_goes_no_further(desk):
    desk.settings = desk.settings.__class__("w1", parts_at_once=1)
    gate = asyncio.Event()
    desk.transcriber.said = {0: gate}
    desk.wire()
    item = await desk.dropped()
    working = asyncio.create_task(desk.work.work(item.id))
    while not desk.transcriber.asked:
        await asyncio.sleep(0)
    await desk.intake.stop(ANNA_ACTOR, item.id)
    gate.set()
    await working
    assert desk.item(item).state is ContentState.STOPPED
    assert desk.transcriber.asked == [0]
    assert desk.passages(item) == ["This is part 0."]


async def test_a_database_away_while_progress_is_shown_leaves_no_call_behind(desk):
    under_way = desk.transcriber.said[1] = asyncio.Event()
    shown = desk.showing.progress

    gone = asyncio.Event()

    async def away(item: Content, *, seldom: bool = False) -> None:
        if seldom:
            gone.set()
            raise StorageUnavailable
        await shown(item)

    desk.showing.progress = away
    item = await desk.dropped()
    working = asyncio.create_task(desk.work.work(item.id))
    await gone.wait()
    await asyncio.wait({working, asyncio.create_task(asyncio.sleep(0))}, return_when="FIRST_COMPLETED")
    under_way.set()
    await working
    assert desk.outcomes() == ["answered", "answered"]


async def test_what_is_deleted_while_it_is_worked_on_is_paid_for_no_further():
    desk = LibraryDesk(parts_at_once=1, lease=timedelta(milliseconds=30))
    under_way = desk.transcriber.said[0] = asyncio.Event()
    item = await desk.dropped()
    working = asyncio.create_task(desk.work.work(item.id))
    while not desk.transcriber.asked:
        await asyncio.sleep(0)
    await desk.library.delete(ANNA_ACTOR, item.id)
    while item.id not in desk.cancellation.cancelled:
        await asyncio.sleep(0.001)
    under_way.set()
    await working
    assert desk.transcriber.asked == [0]
    assert desk.item(item).state is ContentState.STOPPED
    await desk.library.restore(ANNA_ACTOR, item.short)
    assert await desk.intake.go_on(ANNA_ACTOR, item.id)
    await desk.run()
    assert desk.transcriber.asked == [0, 1]


async def test_bytes_of_an_attempt_that_found_them_known_are_not_left_behind(desk):
    file = desk.file()
    twin = await desk.dropped(desk.file("twin.mp4"), channel="C2")
    keep = desk.work._keep

    async def lost(item: Content) -> Content:
        desk.work._keep = keep
        raise LostClaim

    desk.work._keep = lost
    await desk.work.work(twin.id)
    item = await desk.added(file)
    desk.clock.tick(3600)
    await desk.work.work(twin.id)
    assert desk.item(twin).state is ContentState.MERGED
    assert {key.split("/")[2] for key in desk.objects.kept} == {str(item.id)}


async def test_deleted_for_good_leaves_no_object_of_an_attempt_that_was_stopped(desk):
    item = await desk.dropped()

    async def stopped(item: Content) -> Content:
        raise Stopped

    keep, desk.work._keep = desk.work._keep, stopped
    with suppress(Stopped):
        await desk.work.work(item.id)
    desk.work._keep = keep
    assert desk.objects.kept
    await desk.library.delete(ANNA_ACTOR, item.id)
    desk.clock.tick(31 * 86_400)
    assert await desk.library.remove_for_good() == 1
    assert desk.objects.kept == {}


async def test_what_is_restored_while_others_are_removed_stays(desk):
    items = [await desk.added(desk.file(f"{n}.md", f"Text {n}.".encode())) for n in range(2)]
    for item in items:
        await desk.library.delete(ANNA_ACTOR, item.id)
    desk.clock.tick(31 * 86_400)
    removing, last = desk.objects.delete, desk.item(items[1])

    async def removed(key: str) -> None:
        desk.objects.delete = removing
        await desk.library.restore(ANNA_ACTOR, last.short)
        await removing(key)

    desk.objects.delete = removed
    assert await desk.library.remove_for_good() == 1
    assert desk.item(last).deleted_at is None
    assert list(desk.objects.kept) == [last.object_key]


async def test_one_item_that_cannot_be_removed_keeps_no_other_from_going(desk):
    film, text = await desk.added(desk.file()), await desk.added(desk.file("a.md", b"Text."))
    for item in (film, text):
        await desk.library.delete(ANNA_ACTOR, item.id)
    desk.clock.tick(31 * 86_400)
    desk.pictures.down = True
    with pytest.raises(SlackUnavailable):
        await desk.library.remove_for_good()
    assert list(desk.memory.library.contents) == [film.id]


async def test_a_film_whose_pictures_cannot_be_made_is_kept_without_them(desk):
    async def too_much(path: Path, target: Path, **_: object) -> bool:
        raise FileUnreadable(path.name, "too_large")

    desk.media.poster = desk.media.contact_sheet = too_much
    item = await desk.added()
    assert item.state is ContentState.DONE
    assert (item.poster_key, item.sheet_key) == (None, None)


async def test_two_workers_do_not_take_the_same_item(desk):
    item = await desk.dropped()
    await asyncio.gather(desk.work.work(item.id), desk.work.work(item.id))
    assert sorted(desk.transcriber.asked) == [0, 1]


async def test_guests_add_nothing_unless_they_are_answered(desk):
    item = await desk.added(user=GUEST)
    assert item.state is ContentState.DECLINED
    assert desk.seen.all == []
    desk.guests = True
    desk.wire()
    assert (await desk.added(desk.file(data=b"other"), user=GUEST)).state is ContentState.DONE


async def test_a_place_closed_to_us_keeps_nothing_from_being_done(desk):
    closed = SlackUnavailable("chat.postMessage", "not_in_channel")
    desk.seen.errors = [closed] * 20
    item = await desk.dropped()
    await desk.work.work(item.id)
    assert desk.item(item).state is ContentState.DONE


async def test_deleted_for_good_leaves_no_object(desk):
    item = await desk.added()
    await desk.library.delete(ANNA_ACTOR, item.id)
    assert await desk.library.remove_for_good() == 0
    desk.clock.tick(31 * 86_400)
    assert await desk.library.remove_for_good() == 1
    assert desk.objects.kept == {}
    assert desk.memory.library.contents == {}


async def test_what_waits_for_a_budget_goes_on_by_itself_once_more_is_allowed():
    desk = LibraryDesk(daily_tokens=1_600, parts_at_once=1)
    item = await desk.added()
    assert item.reason == "budget"
    done = list(desk.transcriber.asked)
    desk.daily_tokens = 500_000
    desk.wire()
    assert await desk.claiming.eased("T_OTHER") == 0
    assert await desk.claiming.eased(TEAM) == 1
    await desk.run()
    assert desk.item(item).state is ContentState.DONE
    assert desk.transcriber.asked == [*done, *({0, 1} - set(done))]


async def test_what_waits_for_a_budget_goes_on_in_the_next_period():
    desk = LibraryDesk(daily_tokens=1_600, parts_at_once=1)
    item = await desk.added()
    desk.clock.tick((item.wake_at - desk.clock.now()).total_seconds() + 1)
    await desk.claiming.wake_overdue()
    await desk.run()
    assert desk.transcriber.asked == [0, 1]


@pytest.mark.parametrize("reason", ["budget", "model"])
async def test_what_only_waits_is_stopped_at_once(reason):
    desk = LibraryDesk(daily_tokens=1_600 if reason == "budget" else 500_000, parts_at_once=1)
    desk.transcriber.said = {1: ModelUnavailable("openai", "overloaded", status=529)}
    item = await desk.added()
    assert item.reason == reason
    await desk.intake.stop(ANNA_ACTOR, item.id)
    await desk.run()
    assert desk.seen.last["C1"].content.state is ContentState.STOPPED


async def test_stopped_while_it_is_fetched_nothing_of_it_stays(desk):
    arrived = asyncio.Event()

    async def slow(*_: object, **__: object) -> tuple[int, str]:
        arrived.set()
        await asyncio.Event().wait()
        raise AssertionError

    fetch, desk.slack.fetch_hashed = desk.slack.fetch_hashed, slow
    item = await desk.dropped()
    working = asyncio.create_task(desk.work.work(item.id))
    await arrived.wait()
    await desk.intake.stop(ANNA_ACTOR, item.id)
    await working
    assert (desk.item(item).state, desk.item(item).stage) == (ContentState.STOPPED, Stage.RECEIVED)
    assert desk.objects.kept == {}
    desk.slack.fetch_hashed = fetch
    await desk.run()
    assert await desk.intake.go_on(ANNA_ACTOR, item.id)
    await desk.run()
    assert desk.item(item).state is ContentState.DONE


async def test_a_ready_card_tells_how_much_can_be_searched_and_whether_it_is_the_first(desk):
    await desk.added()
    assert (desk.seen.last["C1"].passages, desk.seen.last["C1"].first) == (2, True)
    desk.media.silent = frozenset({0, 1})
    await desk.added(desk.file("silent.mp4", b"silent"))
    assert (desk.seen.last["C1"].passages, desk.seen.last["C1"].first) == (0, False)


async def test_the_same_bytes_dropped_by_two_people_at_once_are_one_item(desk):
    await desk.dropped(desk.file("a.mp4", b"same"))
    await desk.dropped(desk.file("b.mp4", b"same"), channel="C3", user=BEN)
    first, second = sorted((row.content for row in desk.memory.library.contents.values()), key=lambda c: c.id)
    both = asyncio.Barrier(2)
    put = desk.objects.put

    async def together(key, *given, **more):
        if key.endswith("/original"):
            await both.wait()
        return await put(key, *given, **more)

    desk.objects.put = together
    await asyncio.gather(desk.work.work(first.id), desk.work.work(second.id))
    await desk.run()
    states = {desk.item(item).state for item in (first, second)}
    assert states == {ContentState.DONE, ContentState.MERGED}
    assert len(desk.objects.kept) == 3
    assert desk.seen.last["C1"].content.id == desk.seen.last["C3"].content.id
    assert len(desk.outcomes()) <= 3
