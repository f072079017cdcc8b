"""What PostgreSQL keeps through a crash of those statements that do not wait for the disk."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from jobs.queue import Enqueuer, install
from services.entities.turns import TurnState
from storage.engine import make_engine
from storage.migrate import migrate
from storage.tables import ai_calls, posts, reservations, turns
from storage.uow import unit_of_work
from tests.factories import NOON, call, line, mention, post
from tests.storage.acts import LEASE, asked
from tests.storage.embedded.support import a_server, kill_server, scratch_folder


async def begun(engine: AsyncEngine) -> UUID:
    """A turn claimed, its budget held, its answer meant, its call's row committed: all as a worker does it."""
    stores = unit_of_work(engine, Enqueuer())
    turn = await asked(stores, mention())
    async with stores(atomic=False) as uow:
        await uow.chat.claim_fresh(turn, worker="w1", now=NOON, lease_until=NOON + LEASE)
        await uow.calls.reserve(turn.id, [line(100, cap=1_000)])
        await uow.posts.intend(post(turn_id=turn.id), waits=False)
        await uow.calls.begin(call(turn_id=turn.id), turn.id, attempt=1, worker="w1")
    return turn.id


async def test_a_call_that_may_be_paid_takes_what_led_to_it_to_the_disk() -> None:
    with scratch_folder() as base:
        async with a_server(base) as server:
            engine = make_engine(server.url())
            await migrate(engine, [install])
            ids = [await begun(engine) for _ in range(5)]
            kill_server(base)
            await engine.dispose()
            await server.ensure()
            async with engine.connect() as connection:
                kept = [
                    set((await connection.execute(query)).scalars())
                    for query in (
                        select(turns.c.id).where(turns.c.state == TurnState.RUNNING, turns.c.attempts == 1),
                        select(reservations.c.id).where(reservations.c.started),
                        select(posts.c.turn_id),
                        select(ai_calls.c.turn_id),
                    )
                ]
            await engine.dispose()
    assert kept == [set(ids)] * 4
