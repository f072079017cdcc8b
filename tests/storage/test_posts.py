from __future__ import annotations

from dataclasses import replace

from services.ports import UnitOfWorkFactory
from tests.factories import mention, post
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
