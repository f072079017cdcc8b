"""Items of the library, the same over fakes and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from services.entities.library import (
    MARK,
    UNMARK,
    ChannelMode,
    ContentState,
    Part,
    PartState,
    Query,
    Stage,
)
from services.entities.media import Chapter, MediaKind
from services.entities.people import Actor
from services.errors import LostClaim
from services.library.query import forgiving, ways
from services.ports.work import UnitOfWorkFactory
from services.short import short_of
from tests.factories import ANNA, BEN, NOON, TEAM, after
from tests.library import DOCUMENT, VIDEO, content, read, ready, said, share, stored

LEASE = timedelta(seconds=30)
ANNA_ACTOR = Actor(TEAM, ANNA)


async def claimed(stores: UnitOfWorkFactory, item, now=NOON):
    async with stores() as uow:
        claim = await uow.library.claim(item.id, worker="w1", now=now, lease_until=now + LEASE)
        await uow.commit()
    return claim


async def received(stores: UnitOfWorkFactory, **given):
    item = content(**given)
    async with stores() as uow:
        got = await uow.library.receive(item, share(item))
        await uow.commit()
    return got


# -- coming in


async def test_a_file_is_received_once_in_a_channel(stores: UnitOfWorkFactory):
    first = await received(stores)
    assert first.fresh
    assert not first.linked
    async with stores() as uow:
        item = content()
        again = await uow.library.receive(item, replace(share(item), file=first.share.file))
    assert not again.fresh
    assert again.content.id == first.content.id
    assert again.share.id == first.share.id


async def test_a_file_shared_elsewhere_leads_to_the_item_it_is(stores: UnitOfWorkFactory):
    first = await received(stores)
    async with stores() as uow:
        item = content()
        other = await uow.library.receive(item, share(item, "C2", file=first.share.file))
        assert other.fresh
        assert other.linked
        assert other.share.content_id == first.content.id
        assert await uow.library.item(TEAM, ["C2"], first.content.id) == first.content
        assert await uow.library.content(item.id) is None


async def test_two_items_of_a_team_never_have_the_same_short_id(stores: UnitOfWorkFactory):
    first, other = (await received(stores)).content, uuid7()
    twin = UUID(int=other.int >> 64 << 64 | first.id.int & (1 << 64) - 1)
    got = (await received(stores, id=twin, short=short_of(twin))).content
    assert got.short != first.short == short_of(twin)
    assert (await read(stores, twin)).short == got.short


async def test_a_channel_has_no_mode_until_it_is_set(stores: UnitOfWorkFactory):
    async with stores() as uow:
        assert await uow.library.mode(TEAM, "C1") is None
        await uow.library.set_mode(ANNA_ACTOR, "C1", ChannelMode.ASK)
        await uow.library.set_mode(ANNA_ACTOR, "C1", ChannelMode.OFF)
        assert await uow.library.mode(TEAM, "C1") is ChannelMode.OFF


# -- being worked on


async def test_one_worker_at_a_time_has_an_item(stores: UnitOfWorkFactory):
    item = (await received(stores)).content
    first = await claimed(stores, item)
    assert first is not None
    assert first.attempts == 1
    assert await claimed(stores, item) is None
    second = await claimed(stores, item, now=after(31))
    assert second is not None
    assert second.attempts == 2


async def test_who_lost_the_claim_stores_nothing(stores: UnitOfWorkFactory):
    item = (await received(stores)).content
    first = await claimed(stores, item)
    await claimed(stores, item, now=after(31))
    for act in ("keep", "link", "extend"):
        async with stores() as uow:
            with pytest.raises(LostClaim):
                await {
                    "keep": lambda: uow.library.keep(first),
                    "link": lambda: uow.library.link(first, item.id),
                    "extend": lambda: uow.library.extend(item.id, 1, after(60)),
                }[act]()


async def test_what_was_found_out_is_kept_and_the_title_stays_the_persons(stores: UnitOfWorkFactory):
    item = (await received(stores)).content
    claim = await claimed(stores, item)
    async with stores() as uow:
        await uow.library.rename(item.id, "Renamed meanwhile")
        await uow.library.tag(item.id, ["launch"])
        known = replace(
            claim, stage=Stage.STORED, size=5, sha256="ab", object_key="media/x", poster_key="media/y",
            probe=replace(VIDEO, chapters=(Chapter(0, 9, "Start"),)), language="de", summary="About\x00 it",
            topics=("a", "b"), chapters=(Chapter(1, 2, "One"),),
        )  # fmt: skip
        await uow.library.keep(known)
        await uow.commit()
    found = await read(stores, item.id)
    cleaned = known.summary.replace("\x00", "")
    assert found.title == "Renamed meanwhile"
    assert replace(found, summary=cleaned) == replace(
        known, title="Renamed meanwhile", tags=("launch",), summary=cleaned
    )


async def test_an_end_ends_the_claim_and_it_may_be_opened_again(stores: UnitOfWorkFactory):
    item = (await received(stores)).content
    claim = await claimed(stores, item)
    async with stores() as uow:
        await uow.library.keep(replace(claim, state=ContentState.FAILED, reason="oops"))
        assert not await uow.library.turn(item.id, ContentState.OPEN, of={ContentState.WAITING})
        assert await uow.library.turn(item.id, ContentState.OPEN, of={ContentState.FAILED})
        await uow.commit()
    assert await claimed(stores, item) is not None


async def test_the_same_bytes_become_one_item(stores: UnitOfWorkFactory):
    there = await stored(stores, ready(sha256="ff"))
    new = await received(stores)
    claim = await claimed(stores, new.content)
    async with stores() as uow:
        assert await uow.library.by_hash(TEAM, "ff") == there
        assert await uow.library.by_hash("T2", "ff") is None
        await uow.library.link(claim, there.id)
        await uow.commit()
        assert len(await uow.library.shares(there.id)) == 2
        assert await uow.library.shares(new.content.id) == []
    assert (await read(stores, new.content.id)).state is ContentState.MERGED


async def test_a_stop_reaches_the_worker_or_at_once(stores: UnitOfWorkFactory):
    worked, idle = (await received(stores)).content, (await received(stores)).content
    await claimed(stores, worked)
    async with stores() as uow:
        for item in (worked, idle):
            await uow.library.request_stop(item.id, NOON)
        assert await uow.library.extend(worked.id, 1, after(60)) is True
        await uow.commit()
    assert (await read(stores, worked.id)).state is ContentState.OPEN
    assert (await read(stores, idle.id)).state is ContentState.STOPPED


async def test_whoever_works_on_what_was_deleted_is_told_to_stop(stores: UnitOfWorkFactory):
    item = (await received(stores)).content
    await claimed(stores, item)
    async with stores() as uow:
        assert await uow.library.extend(item.id, 1, after(60)) is False
        await uow.library.delete(item.id, NOON)
        assert await uow.library.extend(item.id, 1, after(60)) is True


async def test_what_waits_or_was_left_is_overdue(stores: UnitOfWorkFactory):
    left, fresh, waits, later = [
        (await received(stores, created_at=at)).content for at in (NOON, after(50), NOON, NOON)
    ]
    for item, wake in ((waits, after(55)), (later, after(90))):
        claim = await claimed(stores, item)
        async with stores() as uow:
            await uow.library.keep(replace(claim, state=ContentState.WAITING, reason="budget", wake_at=wake))
            await uow.commit()
    async with stores() as uow:
        found = await uow.library.overdue(after(60), waiting_since=after(40))
        await uow.commit()
    assert set(found) == {left.id, waits.id}
    assert fresh.id not in found
    assert (await read(stores, waits.id)).state is ContentState.OPEN


# -- parts


async def test_a_part_belongs_to_its_call(stores: UnitOfWorkFactory):
    item = (await received(stores)).content
    call, other = uuid7(), uuid7()
    async with stores() as uow:
        await uow.library.plan_parts(item.id, [Part(0, 0, 5), Part(1, 5, 9, PartState.SKIPPED)])
        await uow.library.start_part(item.id, 0, call)
        await uow.library.plan_parts(item.id, [Part(0, 0, 5)])
        assert await uow.library.finish_part(item.id, 0, other, [said(0, "no")]) is False
        assert await uow.library.finish_part(item.id, 0, call, [said(0, "yes")]) is True
        assert await uow.library.finish_part(item.id, 0, call, [said(0, "twice")]) is False
        assert await uow.library.parts(item.id) == [
            Part(0, 0, 5, PartState.DONE, call),
            Part(1, 5, 9, PartState.SKIPPED),
        ]
        assert await uow.library.passages(item.id) == [said(0, "yes")]
        assert await uow.library.count_passages(item.id) == 1


async def test_parts_turn_together(stores: UnitOfWorkFactory):
    item = (await received(stores)).content
    async with stores() as uow:
        await uow.library.plan_parts(item.id, [Part(number, 0, 1) for number in range(3)])
        await uow.library.start_part(item.id, 1, call := uuid7())
        turned = await uow.library.turn_parts(item.id, PartState.STARTED, PartState.UNCERTAIN)
        assert turned == [Part(1, 0, 1, PartState.STARTED, call)]
        states = [part.state for part in await uow.library.parts(item.id)]
        assert states == [PartState.OPEN, PartState.UNCERTAIN, PartState.OPEN]


async def test_passages_take_the_place_of_those_before(stores: UnitOfWorkFactory):
    item = (await received(stores)).content
    async with stores() as uow:
        await uow.library.add_passages(item.id, [said(0, "a"), said(1, "b")])
        await uow.library.add_passages(item.id, [said(0, "c")])
        assert await uow.library.passages(item.id) == [said(0, "c")]


# -- finding


async def found(stores: UnitOfWorkFactory, words: str, *audiences: str, team: str = TEAM, **filters):
    async with stores() as uow:
        query = Query(words, **filters)
        return await uow.library.search(team, audiences or ("C1",), query, limit=10)


async def test_a_passage_is_found_by_those_who_may_see_it(stores: UnitOfWorkFactory):
    item = ready()
    await stored(stores, item, said(0, "We talk about Pricing today."), shares=(share(item, "C2"),))
    assert [hit.content_id for hit in await found(stores, "pricing", "C1", "C2")] == [item.id]
    assert await found(stores, "pricing", "C1") == []
    assert await found(stores, "pricing", "C2", team="T2") == []
    assert await found(stores, "elephants", "C2") == []


async def test_words_phrases_and_exclusions(stores: UnitOfWorkFactory):
    await stored(stores, ready(), said(0, "the launch price is ninety euros"), said(1, "price of the launch"))
    assert {hit.passage.number for hit in await found(stores, "launch price")} == {0, 1}
    assert {hit.passage.number for hit in await found(stores, '"launch price"')} == {0}
    assert await found(stores, "") == []


async def test_what_was_found_is_marked(stores: UnitOfWorkFactory):
    await stored(stores, ready(), said(0, "Our price is fair."))
    assert f"{MARK}price{UNMARK}" in (await found(stores, "price"))[0].marked


async def test_words_beginnings_find_what_whole_words_do_not(stores: UnitOfWorkFactory):
    await stored(stores, ready(), said(0, "All prices are final."))
    assert await found(stores, "price") == []
    assert len(await found(stores, "'pric':* | 'lamp':*", any_word=True)) == 1


LINES = (
    "Müller trinkt im CAFÉ Kaffee.",
    "東京タワーで撮影します。価格表は明日です。",
    "ราคากล้อง วันละ",
    "De\u0301ja\u0300 vu en Île-de-France.",  # decomposed, as files of a Mac are
    "Plain words of a café-less line about 100 % & more, O'Brien.",
    "회의를 시작합니다.",
)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("müller", 0), ("muller cafe", 0), ('"im cafe"', 0), ("MULLER", 0), ("東京", 1), ("価格 撮影", 1),
        ("「価格表」", 1), ('"東京タワー"', 1), ("กล้อง", 2), ("deja vu", 3), ("déjà", 3), ("ile france", 3),
        ("o'brien", 4), ("회의", 5), ("価格はいくらですか", 1),
    ],
)  # fmt: skip
async def test_words_of_any_language_are_found_as_people_type_them(
    stores: UnitOfWorkFactory, words: str, number: int
):
    await stored(stores, ready(), *(said(at, line) for at, line in enumerate(LINES)))
    for way in ways(Query(words)):
        async with stores() as uow:
            hits = await uow.library.search(TEAM, ["C1"], way, limit=10)
        if hits:
            break
    assert [hit.passage.number for hit in hits] == [number]
    assert MARK in hits[0].marked
    assert hits[0].marked.replace(MARK, "").replace(UNMARK, "") == LINES[number]


@pytest.mark.parametrize(
    "words",
    [
        '"', '"unbalanced', "''" * 2, "'; DROP TABLE contents; --", "a & b | !c <-> (", ":*", "\\", "%", "$1",
        "\x00 x", "-", "--", "- -", '-"', "OR", "or or", "東" * 200, "x " * 250, "\ud800", "🎬", "{}", "a:*b", "<->",
    ],
)  # fmt: skip
async def test_nothing_that_is_typed_breaks_a_search(stores: UnitOfWorkFactory, words: str):
    await stored(stores, ready(), said(0, "A plain line."))
    async with stores() as uow:
        for way in ways(Query(words)):
            assert len(await uow.library.search(TEAM, ["C1"], way, limit=10)) <= 1


async def test_filters_narrow(stores: UnitOfWorkFactory):
    film = ready(user=BEN, tags=("launch", "raw"), created_at=after(10))
    paper = ready(probe=DOCUMENT)
    await stored(stores, film, said(0, "hello"))
    await stored(stores, paper, said(0, "hello"), shares=(share(paper, "C2"),))
    async with stores() as uow:
        await uow.library.tag(film.id, ["launch", "raw"])
        await uow.commit()
    both = ("C1", "C2")

    async def only(**filters):
        return {hit.content_id for hit in await found(stores, "hello", *both, **filters)}

    assert await only() == {film.id, paper.id}
    assert await only(channels=("C2",)) == {paper.id}
    assert await only(channels=("C3",)) == set()
    assert await only(users=(BEN,)) == {film.id}
    assert await only(kinds=(MediaKind.DOCUMENT,)) == {paper.id}
    assert await only(tags=("raw", "launch")) == {film.id}
    assert await only(tags=("other",)) == set()
    assert await only(after=after(5)) == {film.id}
    assert await only(before=after(5)) == {paper.id}
    assert await only(item=paper.id) == {paper.id}


async def test_the_newest_come_first_and_only_those_one_may_see(stores: UnitOfWorkFactory):
    old, new, foreign = ready(), ready(created_at=after(9)), ready()
    for item in (old, new):
        await stored(stores, item)
    await stored(stores, foreign, shares=(share(foreign, "C9"),))
    async with stores() as uow:
        newest = await uow.library.newest(TEAM, ["C1"], Query(), limit=5)
        assert [item.id for item in newest] == [new.id, old.id]
        one = await uow.library.newest(TEAM, ["C1"], Query(), limit=1, offset=1)
        assert [item.id for item in one] == [old.id]


async def test_an_item_is_found_by_its_title_and_tags(stores: UnitOfWorkFactory):
    item = await stored(stores, ready(title="Café am Hafen 夜景"))
    async with stores() as uow:
        await uow.library.tag(item.id, ["b-roll"])
        await uow.commit()
        for words in ("cafe", "HAFEN café", '"am hafen"', "b-roll", "夜", "hafen b-roll"):
            [found] = await uow.library.named(TEAM, ["C1"], forgiving(Query(words)), limit=5)
            assert found.id == item.id
        for words in ("haf", "café berlin", "-cafe hafen"):
            assert await uow.library.named(TEAM, ["C1"], forgiving(Query(words)), limit=5) == []
        assert await uow.library.named(TEAM, ["C2"], forgiving(Query("cafe")), limit=5) == []


async def test_an_item_is_found_by_what_people_type(stores: UnitOfWorkFactory):
    item = await stored(stores, ready())
    async with stores() as uow:
        assert (await uow.library.item(TEAM, ["C1"], item.short)) == item
        assert await uow.library.item(TEAM, [], item.short) is None
        assert await uow.library.item("T2", ["C1"], item.id) is None


# -- keeping and removing


async def test_deleted_is_nowhere_until_restored(stores: UnitOfWorkFactory):
    item = await stored(stores, ready(sha256="aa"), said(0, "hello"))
    async with stores() as uow:
        assert await uow.library.delete(item.id, NOON)
        await uow.commit()
    assert await found(stores, "hello") == []
    async with stores() as uow:
        assert await uow.library.item(TEAM, ["C1"], item.id) is None
        assert await uow.library.by_hash(TEAM, "aa") is None
        assert (await uow.library.deleted_item(TEAM, item.short)).id == item.id
        assert [gone.id for gone in await uow.library.deleted_before(after(1))] == [item.id]
        assert await uow.library.delete(item.id, None)
        await uow.commit()
    assert len(await found(stores, "hello")) == 1


async def test_what_has_been_added_anew_is_not_restored(stores: UnitOfWorkFactory):
    item = await stored(stores, ready(sha256="aa"))
    async with stores() as uow:
        await uow.library.delete(item.id, NOON)
        await uow.commit()
    await stored(stores, ready(sha256="aa"))
    async with stores() as uow:
        assert await uow.library.delete(item.id, None) is False


async def test_forgotten_leaves_nothing(stores: UnitOfWorkFactory):
    item = await stored(stores, ready(), said(0, "hello"))
    async with stores() as uow:
        await uow.library.forget(item.id)
        await uow.commit()
        assert await uow.library.content(item.id) is None
        assert await uow.library.passages(item.id) == []
        assert await uow.library.shares(item.id) == []


async def test_ones_own_shares_go(stores: UnitOfWorkFactory):
    item = ready()
    await stored(stores, item, shares=(share(item), share(item, "C2", user=BEN)))
    async with stores() as uow:
        assert await uow.library.drop_shares(item.id, BEN) == 1
        assert [one.audience for one in await uow.library.shares(item.id)] == ["C1"]


# -- who is where


async def test_membership_is_kept_until_it_is_old_or_changed(stores: UnitOfWorkFactory):
    async with stores() as uow:
        known = await uow.library.membership(ANNA_ACTOR, fresh_since=NOON)
        assert (known.channels, known.changes) == (None, 0)
        assert await uow.library.save_membership(ANNA_ACTOR, {"C2", "C1"}, 0, NOON)
        fresh = await uow.library.membership(ANNA_ACTOR, fresh_since=NOON)
        assert fresh.channels == {"C1", "C2"}
        assert (await uow.library.membership(ANNA_ACTOR, fresh_since=after(1))).channels is None
        await uow.library.moved(ANNA_ACTOR)
        assert (await uow.library.membership(ANNA_ACTOR, fresh_since=NOON)).channels is None


async def test_what_was_read_before_a_change_is_not_kept(stores: UnitOfWorkFactory):
    async with stores() as uow:
        before = await uow.library.membership(ANNA_ACTOR, fresh_since=NOON)
        await uow.library.moved(ANNA_ACTOR)
        assert not await uow.library.save_membership(ANNA_ACTOR, {"C1"}, before.changes, NOON)
        now = await uow.library.membership(ANNA_ACTOR, fresh_since=NOON)
        assert now.channels is None
        assert await uow.library.save_membership(ANNA_ACTOR, {"C2"}, now.changes, NOON)
        await uow.library.channel_changed(TEAM, "C2")
        assert (await uow.library.membership(ANNA_ACTOR, fresh_since=NOON)).channels is None


async def test_a_deleted_item_is_known_in_its_own_place_alone(stores: UnitOfWorkFactory):
    item = content()
    first = share(item)
    await stored(stores, item, shares=(first,))
    async with stores() as uow:
        await uow.library.delete(item.id, NOON)
        there = await uow.library.receive(content(), replace(share(item), file=first.file))
        other = content()
        elsewhere = await uow.library.receive(other, replace(share(other, "C2"), file=first.file))
        await uow.commit()
    assert (there.content.id, there.fresh) == (item.id, False)
    assert (elsewhere.content.id, elsewhere.fresh, elsewhere.linked) == (other.id, True, False)


async def test_a_dropped_share_makes_room(stores: UnitOfWorkFactory):
    item, other = content(), content()
    first = share(item)
    await stored(stores, item, shares=(first,))
    async with stores() as uow:
        await uow.library.delete(item.id, NOON)
        await uow.library.drop_share(first.id)
        received = await uow.library.receive(other, replace(share(other), file=first.file))
        await uow.commit()
    assert received.content.id == other.id


async def test_an_item_is_found_by_its_object_and_its_pictures(stores: UnitOfWorkFactory):
    item = await stored(stores, ready(object_key="media/a", poster_key="media/b", sheet_key="media/c"))
    async with stores() as uow:
        found = [await uow.library.by_object(key) for key in ("media/a", "media/b", "media/c", "media/d")]
        await uow.library.share(share(item, "C2", file=None))
        await uow.commit()
    assert [each.id if each else None for each in found] == [item.id, item.id, item.id, None]
    async with stores() as uow:
        assert [each.audience for each in await uow.library.shares(item.id)] == ["C1", "C2"]


async def test_one_picture_in_slack_wins_and_stays(stores: UnitOfWorkFactory):
    item = await stored(stores, ready())
    async with stores() as uow:
        assert await uow.library.show_by(item.id, "F1", instead_of=None)
        assert not await uow.library.show_by(item.id, "F2", instead_of=None)
        assert (await uow.library.content(item.id)).poster_file == "F1"
        assert await uow.library.show_by(item.id, None, instead_of="F1")
        await uow.commit()
    async with stores() as uow:
        assert (await uow.library.content(item.id)).poster_file is None


async def test_bytes_that_another_item_has_are_not_kept_again(stores: UnitOfWorkFactory):
    await stored(stores, ready(sha256="aa"))
    got = await received(stores)
    claim = await claimed(stores, got.content)
    async with stores() as uow:
        with pytest.raises(LostClaim):
            await uow.library.keep(replace(claim, sha256="aa", object_key="media/other"))


async def test_times_are_read_by_a_statement_on_its_own(stores: UnitOfWorkFactory):
    item = ready()
    await stored(stores, item, said(0, "Ninety euros.", 4.5), shares=(share(item),))
    async with stores(atomic=False) as uow:
        [passage] = await uow.library.passages(item.id)
    assert (passage.start, passage.text) == (4.5, "Ninety euros.")


async def test_what_was_shared_in_a_channel_goes_with_it_to_its_new_id(stores: UnitOfWorkFactory):
    item = ready()
    await stored(stores, item, said(0, "hello"), shares=(share(item, "GOLD"),))
    async with stores() as uow:
        await uow.library.set_mode(ANNA_ACTOR, "GOLD", ChannelMode.OFF)
        await uow.library.save_membership(ANNA_ACTOR, {"GOLD"}, 0, NOON)
        await uow.library.channel_became(TEAM, "GOLD", "CNEW")
        assert await uow.library.mode(TEAM, "CNEW") is ChannelMode.OFF
        assert await uow.library.item(TEAM, ["GOLD"], item.id) is None
        assert await uow.library.item(TEAM, ["CNEW"], item.id) is not None
        assert (await uow.library.membership(ANNA_ACTOR, fresh_since=NOON)).channels is None
        await uow.library.channel_became("T2", "CNEW", "CELSE")
        assert await uow.library.item(TEAM, ["CNEW"], item.id) is not None
