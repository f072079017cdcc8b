"""A database that goes away takes no turn with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from services.entities.turns import TurnState
from services.errors import StorageUnavailable
from services.ports.work import UnitOfWork
from tests import factories as make
from tests.services.chat.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def lost_at(desk: Desk, point: str) -> None:
    """The database is away once, right after `point`."""

    def fail(name: str) -> None:
        if name == point:
            desk.on_checkpoint = lambda _: None
            raise StorageUnavailable("away")

    desk.on_checkpoint = fail


def unheard(desk: Desk) -> None:
    """The next claim is stored, and the connection is cut before that is told."""

    @asynccontextmanager
    async def cut(*, atomic: bool = True) -> AsyncIterator[UnitOfWork]:
        desk.chat._uow = desk.uow
        async with desk.uow(atomic=atomic) as uow:
            yield uow
        raise StorageUnavailable("away")

    desk.chat._uow = cut


async def test_a_turn_that_an_outage_interrupts_is_taken_up_again_without_waiting_for_its_lease(
    desk: Desk,
) -> None:
    claim = await desk.claimed(make.mention())
    lost_at(desk, "reserved")
    with pytest.raises(StorageUnavailable):
        await desk.chat.answer(claim)
    queued = len(desk.jobs)
    await asyncio.sleep(0)
    assert len(desk.jobs) == queued + 1

    again = await desk.chat.claim(claim.conversation.id)
    assert again is not None
    await desk.chat.answer(again)
    assert desk.turn(claim.turn.id).state is TurnState.ANSWERED
    assert len(desk.calls()) == 1


async def test_a_claim_that_was_stored_although_nobody_heard_of_it_is_given_up(desk: Desk) -> None:
    turn = await desk.heard(make.mention())
    unheard(desk)
    with pytest.raises(StorageUnavailable):
        await desk.chat.claim_fresh(turn)
    assert desk.turn(turn.id).state is TurnState.RUNNING
    await asyncio.sleep(0)

    again = await desk.chat.claim(turn.conversation_id)
    assert again is not None
    await desk.chat.answer(again)
    assert desk.turn(turn.id).state is TurnState.ANSWERED
