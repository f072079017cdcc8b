"""The picture in an item's card: one in Slack, however often it is shown, and gone with the item."""

from __future__ import annotations

import pytest

from services.entities.people import Actor
from services.errors import SlackUnavailable
from tests.factories import ANNA, TEAM
from tests.services.library.desk import LibraryDesk

ANNA_ACTOR = Actor(TEAM, ANNA)


@pytest.fixture
def desk() -> LibraryDesk:
    return LibraryDesk()


def shown(desk: LibraryDesk, channel: str = "C1") -> str | None:
    return desk.seen.last[channel].content.poster_file


async def test_a_ready_film_shows_its_picture(desk):
    await desk.added(desk.file("launch_film.mp4"))
    picture = desk.pictures.kept[shown(desk)]
    assert picture.data == b"jpeg"
    assert "launch film" in picture.alt


async def test_shown_again_in_another_place_after_a_restart_it_is_the_same_picture(desk):
    file = desk.file()
    item = await desk.added(file)
    desk.wire()
    await desk.added(file, channel="C2")
    await desk.showing.show(item.id)
    assert desk.pictures.count == 1
    assert shown(desk, "C2") == shown(desk) == "FP1"


async def test_without_a_picture_the_card_is_shown_all_the_same(desk):
    desk.pictures.down = True
    item = await desk.added()
    assert shown(desk) is None
    desk.pictures.down = False
    await desk.showing.show(item.id)
    assert shown(desk) == "FP1"


async def test_a_lost_poster_is_no_error(desk):
    item = await desk.dropped()
    await desk.work.work(item.id)
    desk.objects.kept.clear()
    await desk.run()
    assert shown(desk) is None


async def test_what_slack_shows_by_itself_needs_none(desk):
    await desk.added(desk.file("still.png"))
    await desk.added(desk.file("a.md", b"Text."))
    assert desk.pictures.count == 0


async def test_two_processes_leave_one_picture(desk):
    item = await desk.dropped()
    await desk.work.work(item.id)

    async def faster(team: str, picture: object) -> str:
        async with desk.uow(atomic=False) as uow:
            await uow.library.show_by(item.id, "FOTHER", instead_of=None)
        desk.pictures.kept["FMINE"] = picture
        return "FMINE"

    desk.pictures.keep = faster
    await desk.run()
    assert shown(desk) == "FOTHER"
    assert desk.pictures.kept == {}


async def test_deleted_it_is_taken_back_and_restored_it_is_shown_again(desk):
    item = await desk.added()
    await desk.library.delete(ANNA_ACTOR, item.id)
    await desk.showing.show(item.id)
    assert desk.pictures.kept == {}
    await desk.library.restore(ANNA_ACTOR, item.short)
    await desk.showing.show(item.id)
    assert shown(desk) == "FP2"


async def test_deleted_for_good_it_is_gone_from_slack_first(desk):
    item = await desk.added()
    await desk.library.delete(ANNA_ACTOR, item.id)
    desk.clock.tick(31 * 86_400)
    desk.pictures.down = True
    with pytest.raises(SlackUnavailable):
        await desk.library.remove_for_good()
    assert item.id in desk.memory.library.contents
    desk.pictures.down = False
    assert await desk.library.remove_for_good() == 1
    assert (desk.pictures.kept, desk.objects.kept) == ({}, {})
