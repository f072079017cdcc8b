"""A worker that stood still for longer than its lease finds its turn with somebody else, and leaves it there."""

from __future__ import annotations

import pytest

from services.entities.calls import CallOutcome
from services.entities.turns import Claim, TurnState
from tests import factories as make
from tests.services.chat.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def stalled(desk: Desk) -> Claim:
    """A claim whose worker stood still while another one took the turn over."""
    claim = await desk.claimed(make.mention())
    await desk.claim(claim.turn)
    return claim


async def test_nothing_is_paid_for_a_turn_that_another_worker_has(desk: Desk) -> None:
    claim = await stalled(desk)
    await desk.chat.answer(claim)
    assert desk.calls() == []
    assert desk.turn(claim.turn.id).state is TurnState.RUNNING


async def test_the_end_of_a_turn_that_another_worker_has_is_not_written(desk: Desk) -> None:
    claim = await stalled(desk)
    await desk.chat.end(claim, TurnState.FAILED)
    assert desk.turn(claim.turn.id).state is TurnState.RUNNING


async def test_an_answer_that_was_taken_over_while_it_was_written_is_left_as_it_is(desk: Desk) -> None:
    claim = await desk.claimed(make.mention())

    async def take_over(_: str) -> None:
        desk.show.on_write = None
        await desk.claim(claim.turn)

    desk.show.on_write = take_over
    await desk.chat.answer(claim)
    assert desk.seen.abandoned
    assert desk.seen.notes is None
    assert desk.outcomes() == [CallOutcome.STARTED]
    assert desk.turn(claim.turn.id).state is TurnState.RUNNING


async def test_a_short_pause_costs_nothing(desk: Desk) -> None:
    async def rest(_: str) -> None:
        desk.clock.tick(5)

    desk.show.on_write = rest
    turn = await desk.answered(make.mention())
    assert turn.state is TurnState.ANSWERED
