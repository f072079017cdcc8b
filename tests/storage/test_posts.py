from __future__ import annotations

from dataclasses import replace

from uuid_utils.compat import uuid7

from services.entities.conversations import Place
from services.entities.posts import HeldPost
from services.ports.work import UnitOfWorkFactory
from tests.factories import NOON, after, mention, post
from tests.storage.acts import asked


async def test_posts_of_a_turn_are_in_order_of_part(stores: UnitOfWorkFactory):
    turn = await asked(stores, mention())
    parts = [post(turn.id, part=number) for number in (0, 1, 2)]

    async with stores() as uow:
        for one in (parts[1], parts[0], parts[2], post()):
            await uow.posts.intend(one)
        assert await uow.posts.of_turn(turn.id) == parts


async def test_a_post_is_meant_then_sent_then_sealed(stores: UnitOfWorkFactory):
    turn = await asked(stores, mention())
    meant = post(turn.id, kind="stream", thread_ts="1.000001")

    async with stores() as uow:
        await uow.posts.intend(meant)
        assert await uow.posts.of_turn(turn.id) == [meant]
        await uow.posts.sent(meant.id, "2.000002")
        assert await uow.posts.of_turn(turn.id) == [replace(meant, ts="2.000002")]
        await uow.posts.seal(meant.id, length=42)
        assert await uow.posts.of_turn(turn.id) == [replace(meant, ts="2.000002", sealed=True, length=42)]


async def test_meaning_the_same_post_again_keeps_what_is_known_of_it(stores: UnitOfWorkFactory):
    turn = await asked(stores, mention())
    meant = post(turn.id)

    async with stores() as uow:
        await uow.posts.intend(meant)
        await uow.posts.sent(meant.id, "2.000002")
        await uow.posts.intend(meant)
        assert await uow.posts.of_turn(turn.id) == [replace(meant, ts="2.000002")]


async def test_a_post_that_is_not_in_slack_is_forgotten(stores: UnitOfWorkFactory):
    turn = await asked(stores, mention())
    meant = post(turn.id)

    async with stores() as uow:
        await uow.posts.intend(meant)
        await uow.posts.forget(meant.id)
        assert await uow.posts.of_turn(turn.id) == []


# -- posts of no turn: one process at a time ------------------------------------------------------


async def test_a_post_is_held_by_one_at_a_time(stores: UnitOfWorkFactory):
    meant, first, second = post(), uuid7(), uuid7()

    async with stores() as uow:
        held = await uow.posts.hold(meant, first, now=NOON, until=after(15))
        assert held == HeldPost(meant, first, fresh=True)
        assert await uow.posts.hold(meant, second, now=after(14), until=after(30)) is None
        assert await uow.posts.post(meant.id) == meant


async def test_what_was_released_or_held_too_long_is_anybodys(stores: UnitOfWorkFactory):
    meant, first, second = post(), uuid7(), uuid7()

    async with stores() as uow:
        await uow.posts.hold(meant, first, now=NOON, until=after(15))
        await uow.posts.sent(meant.id, "2.000002")
        await uow.posts.release(meant.id, second)
        assert await uow.posts.hold(meant, second, now=after(1), until=after(30)) is None
        await uow.posts.release(meant.id, first)
        held = await uow.posts.hold(meant, second, now=after(1), until=after(16))
        assert held == HeldPost(replace(meant, ts="2.000002"), second, fresh=False)
        assert await uow.posts.hold(meant, first, now=after(16), until=after(30)) is not None


async def test_who_holds_a_post_may_hold_on_until_another_had_it(stores: UnitOfWorkFactory):
    meant, first, second = post(), uuid7(), uuid7()

    async with stores() as uow:
        await uow.posts.hold(meant, first, now=NOON, until=after(15))
        assert await uow.posts.hold_on(meant.id, first, until=after(30))
        assert await uow.posts.hold(meant, second, now=after(20), until=after(40)) is None
        assert await uow.posts.hold(meant, second, now=after(30), until=after(40)) is not None
        await uow.posts.release(meant.id, second)
        assert not await uow.posts.hold_on(meant.id, first, until=after(60))


async def test_a_post_that_is_not_in_slack_may_be_meant_for_another_place(stores: UnitOfWorkFactory):
    meant, sent, elsewhere = post(), post(ts="2.000002"), Place("T1", "C2", "1.000001")

    async with stores() as uow:
        for one in (meant, sent):
            await uow.posts.intend(one)
            await uow.posts.move(one.id, elsewhere)
        assert await uow.posts.post(meant.id) == replace(meant, channel="C2", thread_ts="1.000001")
        assert await uow.posts.post(sent.id) == sent
        assert await uow.posts.post(uuid7()) is None
