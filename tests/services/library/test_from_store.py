"""An object that is in the store already becomes an item."""

from __future__ import annotations

import pytest

from services.entities.conversations import Place
from services.entities.library import ContentState
from services.entities.media import MediaKind
from services.entities.people import Actor
from services.errors import BadArgument, NotAllowed, NotFound
from services.library.naming import named
from services.ports.objects import StoredObject
from tests.factories import ANNA, BEN, NOON, TEAM
from tests.services.library.desk import LibraryDesk

ADA, ANNA_ACTOR, BEN_ACTOR = Actor(TEAM, "UADMIN"), Actor(TEAM, ANNA), Actor(TEAM, BEN)
KEY = "media/incoming/launch_film.mp4"
HERE = Place(TEAM, "C1")


@pytest.fixture
def desk() -> LibraryDesk:
    desk = LibraryDesk()
    put(desk, KEY, b"a film")
    return desk


def put(desk: LibraryDesk, key: str, data: bytes, content_type: str = "video/mp4") -> None:
    desk.objects.kept[key] = (StoredObject(key, len(data), "", content_type, NOON), data)


async def ask(desk: LibraryDesk, actor: Actor = ADA, key: str = KEY, place: Place = HERE, **given):
    received = await desk.from_store.ask(actor, key, place, **{"is_direct": False, **given})
    await desk.run()
    return received


async def test_an_admin_adds_it_for_the_channel_without_a_copy(desk):
    await ask(desk)
    [item] = await desk.library.recent(BEN_ACTOR)
    assert (item.title, item.kind, item.state) == ("launch film", MediaKind.VIDEO, ContentState.DONE)
    assert item.object_key == KEY
    assert len(desk.objects.kept) == 3  # with its poster and contact sheet
    assert desk.seen.last["C1"].content.state is ContentState.DONE


async def test_members_may_not(desk):
    with pytest.raises(NotAllowed):
        await ask(desk, ANNA_ACTOR)


@pytest.mark.parametrize(
    "key",
    ["backups/2026/a.enc", "logs/x.txt", "media", "media/", "media/../backups/a", "media/.hidden", "media//a",
     "/media/a", "media/a\\b", "media/a\n"],
)  # fmt: skip
async def test_backups_and_strange_keys_are_nobodys(desk, key):
    put(desk, key, b"x")
    with pytest.raises(BadArgument):
        await ask(desk, key=key)


async def test_what_is_not_there_is_said_so(desk):
    with pytest.raises(NotFound):
        await ask(desk, key="media/incoming/other.mp4")


async def test_not_for_a_channel_one_is_not_in(desk):
    with pytest.raises(NotFound):
        await ask(desk, place=Place(TEAM, "C2"))


async def test_in_a_direct_message_it_is_ones_own(desk):
    await ask(desk, place=Place(TEAM, "D9"), is_direct=True, title="Mine")
    assert [item.title for item in await desk.library.recent(ADA)] == ["Mine"]
    assert await desk.library.recent(ANNA_ACTOR) == []


async def test_asked_twice_it_is_one_item_in_one_place(desk):
    first = await ask(desk)
    again = await ask(desk)
    assert (again.content.id, again.fresh) == (first.content.id, False)
    assert len(desk.memory.library.shares) == 1


async def test_in_another_place_it_is_shared_once_more(desk):
    first = await ask(desk)
    again = await ask(desk, place=Place(TEAM, "D9"), is_direct=True)
    assert (again.content.id, again.fresh) == (first.content.id, True)


async def test_an_item_one_may_not_see_is_not_there(desk):
    item = await desk.added(channel="C2")
    with pytest.raises(NotFound):
        await ask(desk, key=item.object_key)


async def test_a_poster_is_no_object_of_its_own(desk):
    item = await desk.added()
    with pytest.raises(NotFound):
        await ask(desk, key=item.poster_key)


async def test_the_object_of_a_deleted_item_goes_with_it(desk):
    received = await ask(desk)
    await desk.library.delete(ADA, received.content.id)
    with pytest.raises(BadArgument, match="deleted"):
        await ask(desk)


async def test_the_same_bytes_are_the_item_that_has_them(desk):
    item = await desk.added(desk.file("a.mp4", b"a film"))
    received = await ask(desk)
    assert desk.item(received.content).state is ContentState.MERGED
    assert [one.id for one in await desk.library.recent(BEN_ACTOR)] == [item.id]


async def test_too_large_an_object_is_refused(desk):
    desk.settings = desk.settings.__class__("w1", file_limit=3)
    desk.wire()
    received = await ask(desk)
    assert desk.item(received.content).reason == "too_large"


@pytest.mark.parametrize(
    ("key", "title", "content_type", "name"),
    [
        ("media/2026/film.mov", "Film", "", "media/2026/film.mov"),
        ("media/2026/x", "Script.md", "", "Script.md"),
        ("media/2026/x/original", "Film", "video/webm", "Film.webm"),
        ("documents/2026/x", "Brief", "text/plain; charset=utf-8", "Brief.txt"),
        ("documents/2026/x", "Brief", "", "Brief."),
    ],
)
def test_its_kind_is_told_by_its_key_its_title_or_its_type(key, title, content_type, name):
    assert named(key, title, content_type) == name
