"""Who sees what: person x kind of place x way in; and after leaving."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from services.entities.library import Content
from services.entities.people import Actor
from services.entities.tools import ToolUse
from services.errors import NotAllowed, NotFound, SlackUnavailable
from services.ports.tools import Asker
from tests.factories import ANNA, BEN, TEAM
from tests.services.library.desk import GUEST, STRANGER, LibraryDesk

ADMIN = "UADMIN"
PLACES = {
    "channel of both": ("C1", "channel"),
    "channel of Anna's": ("C2", "channel"),
    "direct message of Anna's": ("DANNA", "im"),
    "private channel of both": ("GPRIVATE", "group"),
    "group message of Anna and a guest": ("GMPIM", "mpim"),
    "channel shared with another company": ("CCONNECT", "channel"),
}
SEES = {
    "channel of both": {ANNA, BEN, ADMIN, GUEST},
    "channel of Anna's": {ANNA},
    "direct message of Anna's": {ANNA},
    "private channel of both": {ANNA, BEN},
    "group message of Anna and a guest": {ANNA, GUEST},
    "channel shared with another company": {ANNA, STRANGER},
}
PEOPLE = (ANNA, BEN, ADMIN, GUEST, STRANGER)
MORE = {"GPRIVATE": {ANNA, BEN}, "GMPIM": {ANNA, GUEST}, "CCONNECT": {ANNA, STRANGER}}


async def by_search(desk: LibraryDesk, actor: Actor, item: Content) -> bool:
    found = await desk.library.search(actor, "lamps")
    return any(one.content.id == item.id for one in found.found)


async def by_search_for_its_tag(desk: LibraryDesk, actor: Actor, item: Content) -> bool:
    found = await desk.library.search(actor, "type:document")
    return any(one.content.id == item.id for one in found.found)


async def by_recent(desk: LibraryDesk, actor: Actor, item: Content) -> bool:
    return any(one.id == item.id for one in await desk.library.recent(actor))


async def by_show(desk: LibraryDesk, actor: Actor, item: Content) -> bool:
    return (await desk.library.show(actor, item.short)).content.id == item.id


async def by_export(desk: LibraryDesk, actor: Actor, item: Content) -> bool:
    return "lamps" in (await desk.library.export(actor, item.short, "txt")).text


async def by_link(desk: LibraryDesk, actor: Actor, item: Content) -> bool:
    return await desk.items.item_for(actor, item.id) is not None


async def by_answer(desk: LibraryDesk, actor: Actor, item: Content) -> bool:
    use = ToolUse("toolu_1", "search_library", '{"query": "lamps"}')
    return item.title in (await desk.tool.use(Asker(actor, None), use)).text


async def by_shortcut(desk: LibraryDesk, actor: Actor, item: Content) -> bool:
    """ "Add to library" on the message it came with."""
    async with desk.uow() as uow:
        [share] = await uow.library.shares(item.id)
    added = await desk.intake.add_message(actor, share.place.channel, share.place.thread_ts or "")
    return any(one.content.id == item.id for one in added.received)


async def by_name(desk: LibraryDesk, actor: Actor, item: Content) -> bool:
    return any(one.content.id == item.id for one in (await desk.library.search(actor, "talk")).found)


async def by_search_inside(desk: LibraryDesk, actor: Actor, item: Content) -> bool:
    return bool((await desk.library.search(actor, "lamps", item=item.id)).found)


async def by_home(desk: LibraryDesk, actor: Actor, item: Content) -> bool:
    return any(one.id == item.id for one in await desk.library.recent(actor, 5))


async def by_go_on(desk: LibraryDesk, actor: Actor, item: Content) -> bool:
    await desk.intake.go_on(actor, item.id)
    return True


WAYS: dict[str, Callable[[LibraryDesk, Actor, Content], Awaitable[bool]]] = {
    "search": by_search,
    "filter": by_search_for_its_tag,
    "name": by_name,
    "search inside": by_search_inside,
    "recent": by_recent,
    "home": by_home,
    "show": by_show,
    "export": by_export,
    "link": by_link,
    "answer": by_answer,
    "button": by_go_on,
}


async def sees(desk: LibraryDesk, way: str, user: str, item: Content) -> bool:
    """What is not there for somebody is not found, or they are not allowed in at all."""
    try:
        return await WAYS[way](desk, Actor(TEAM, user), item)
    except (NotFound, NotAllowed):
        return False


async def item_in(desk: LibraryDesk, place: str) -> Content:
    channel, kind = PLACES[place]
    file = desk.file("talk.md", f"They speak about lamps in {channel}.".encode())
    return await desk.added(file, channel=channel, channel_kind=kind)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("place", PLACES)
async def test_only_those_of_the_place_see_it(place: str, way: str):
    desk = LibraryDesk()
    desk.guests = True
    desk.wire()
    desk.slack.channels |= MORE
    item = await item_in(desk, place)
    seen = {user for user in PEOPLE if await sees(desk, way, user, item)}
    assert seen == SEES[place]


@pytest.mark.parametrize("way", WAYS)
async def test_guests_see_nothing_where_they_are_not_answered(way: str):
    desk = LibraryDesk()
    item = await item_in(desk, "channel of both")
    assert not await sees(desk, way, GUEST, item)


@pytest.mark.parametrize("way", WAYS)
async def test_who_left_sees_nothing_at_the_next_request(way: str):
    desk = LibraryDesk()
    item = await item_in(desk, "channel of both")
    assert await sees(desk, way, BEN, item)
    desk.slack.channels["C1"].remove(BEN)
    await desk.rights.moved(Actor(TEAM, BEN))
    assert not await sees(desk, way, BEN, item)
    assert await sees(desk, way, ANNA, item)


@pytest.mark.parametrize("way", WAYS)
async def test_who_is_deactivated_sees_nothing_at_the_next_request(way: str):
    desk = LibraryDesk()
    item = await item_in(desk, "channel of both")
    assert await sees(desk, way, BEN, item)
    desk.directory.people[BEN] = replace(desk.directory.people[BEN], is_deleted=True)
    await desk.people.changed(Actor(TEAM, BEN))
    assert not await sees(desk, way, BEN, item)


@pytest.mark.parametrize("way", WAYS)
async def test_of_two_places_each_is_enough(way: str):
    desk = LibraryDesk()
    item = await item_in(desk, "channel of both")
    await desk.added(desk.file("again.md", b"They speak about lamps in C1."), user=BEN, channel="C3")
    desk.slack.channels["C1"].remove(BEN)
    await desk.rights.moved(Actor(TEAM, BEN))
    assert await sees(desk, way, BEN, item)
    desk.slack.channels["C3"].remove(BEN)
    await desk.rights.moved(Actor(TEAM, BEN))
    assert not await sees(desk, way, BEN, item)


@pytest.mark.parametrize("guess", ["000000", "zzzzzz", "' OR 1=1 --", "..", "%", ""])
async def test_a_guessed_id_is_not_there(guess: str):
    desk = LibraryDesk()
    await item_in(desk, "channel of both")
    with pytest.raises(NotFound):
        await desk.library.show(Actor(TEAM, BEN), guess)


async def test_an_event_that_was_lost_is_made_up_for_in_five_minutes():
    desk = LibraryDesk()
    item = await item_in(desk, "channel of both")
    assert await sees(desk, "link", BEN, item)
    desk.slack.channels["C1"].remove(BEN)
    desk.clock.tick(301)
    assert not await sees(desk, "link", BEN, item)


@pytest.mark.parametrize("way", WAYS)
async def test_a_closed_channel_is_nobodys(way: str):
    desk = LibraryDesk()
    item = await item_in(desk, "channel of both")
    assert await sees(desk, way, BEN, item)
    desk.slack.channels["C1"].clear()
    await desk.rights.channel_changed(TEAM, "C1")
    assert not await sees(desk, way, BEN, item)


@pytest.mark.parametrize("way", WAYS)
async def test_another_workspace_sees_nothing(way: str):
    desk = LibraryDesk()
    item = await item_in(desk, "channel of both")
    try:
        seen = await WAYS[way](desk, Actor("T2", ANNA), item)
    except (NotFound, NotAllowed):
        seen = False
    assert not seen


@pytest.mark.parametrize("way", WAYS)
async def test_nobody_sees_a_deleted_item(way: str):
    desk = LibraryDesk()
    item = await item_in(desk, "channel of both")
    await desk.library.delete(Actor(TEAM, ANNA), item.id)
    assert not await sees(desk, way, ANNA, item)


async def test_the_shortcut_is_for_those_in_the_channel():
    desk = LibraryDesk()
    item = await item_in(desk, "channel of Anna's")
    assert await by_shortcut(desk, Actor(TEAM, ANNA), item)
    with pytest.raises(NotFound):
        await by_shortcut(desk, Actor(TEAM, BEN), item)


async def test_slack_is_asked_once_in_five_minutes():
    desk = LibraryDesk()
    await desk.library.recent(Actor(TEAM, ANNA))
    asked = desk.slack.asked
    await desk.library.recent(Actor(TEAM, ANNA))
    assert desk.slack.asked == asked
    desk.clock.tick(301)
    await desk.library.recent(Actor(TEAM, ANNA))
    assert desk.slack.asked == asked + 1


async def test_without_slacks_word_nobody_sees_anything():
    desk = LibraryDesk()
    item = await item_in(desk, "channel of both")
    desk.slack.down = True
    with pytest.raises(SlackUnavailable):
        await desk.library.recent(Actor(TEAM, BEN))
    assert not await by_link(desk, Actor(TEAM, BEN), item)


async def test_only_who_added_it_or_runs_the_desk_deletes_it_for_all():
    desk = LibraryDesk()
    item = await item_in(desk, "channel of both")
    with pytest.raises(NotAllowed):
        await desk.library.delete(Actor(TEAM, BEN), item.id)
    with pytest.raises(NotAllowed):
        await desk.library.rename(Actor(TEAM, BEN), item.id, "Mine now")
    _, wholly = await desk.library.delete(Actor(TEAM, ADMIN), item.id)
    assert wholly


async def test_who_shared_the_same_bytes_takes_back_their_share_alone():
    desk = LibraryDesk()
    item = await desk.added(desk.file("a.md", b"lamps"))
    await desk.added(desk.file("b.md", b"lamps"), user=BEN, channel="C3")
    assert await by_show(desk, Actor(TEAM, BEN), item)
    _, wholly = await desk.library.delete(Actor(TEAM, BEN), item.id)
    assert not wholly
    desk.slack.channels["C1"].remove(BEN)
    await desk.rights.moved(Actor(TEAM, BEN))
    assert not await sees(desk, "show", BEN, item)
    assert await sees(desk, "show", ANNA, item)
