"""The rounds of a turn: kept with the end of their call, or not at all."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from services.entities.budgets import BudgetLine
from services.entities.calls import CallOutcome, ModelCall
from services.entities.tools import Round, Thought, ToolUse
from services.entities.turns import Claim
from services.errors import LostClaim
from services.ports.work import UnitOfWorkFactory
from tests.factories import answer, call, day, mention, used
from tests.storage.acts import claimed

USES = (ToolUse("toolu_1", "search_library", '{"query": "prices\x00"}'), ToolUse("toolu_2", "other", "{"))
THOUGHTS = (Thought("claude-sonnet-5", {"type": "thinking", "thinking": "Well", "signature": "x"}),)


def round_of(turn_id: UUID, number: int = 1, text: str = "Let me look.") -> Round:
    return Round(turn_id, number, text, USES, THOUGHTS)


async def stored(
    stores: UnitOfWorkFactory, claim: Claim, number: int = 1, *, attempt: int | None = None
) -> ModelCall:
    begun = call(turn_id=claim.turn.id)
    ended = replace(begun, outcome=CallOutcome.ANSWERED, searched=True, **used())
    given = claim.turn.attempts if attempt is None else attempt
    line = BudgetLine("user:T1:UANNA/day", day(), "tokens", 500, 1_000)
    async with stores() as uow:
        await uow.calls.reserve(claim.turn.id, [line])
        await uow.calls.begin(begun)
        await uow.commit()
    async with stores() as uow:
        kept = round_of(claim.turn.id, number)
        await uow.calls.store_round(kept, ended, claim.turn.id, {"tokens": 110}, given)
        await uow.commit()
    return ended


async def spent(stores: UnitOfWorkFactory) -> tuple[int, int]:
    async with stores() as uow:
        state = await uow.calls.budget("user:T1:UANNA/day", day(), "tokens")
    return state.spent, state.reserved


async def rounds(stores: UnitOfWorkFactory, turn_id: UUID) -> list[Round]:
    async with stores() as uow:
        return list(await uow.calls.rounds(turn_id))


async def test_a_round_is_kept_with_the_end_of_its_call(stores: UnitOfWorkFactory):
    claim = await claimed(stores, mention())
    ended = await stored(stores, claim)
    kept = round_of(claim.turn.id)
    [found] = await rounds(stores, claim.turn.id)
    assert replace(found, uses=()) == replace(kept, uses=())
    assert [(use.id, use.name) for use in found.uses] == [("toolu_1", "search_library"), ("toolu_2", "other")]
    async with stores() as uow:
        assert await uow.calls.of_turn(claim.turn.id) == [ended]
    assert await spent(stores) == (110, 0)


async def test_rounds_are_in_order_and_each_settles_what_was_held_for_it(stores: UnitOfWorkFactory):
    claim = await claimed(stores, mention())
    await stored(stores, claim, 1)
    await stored(stores, claim, 2)
    assert [one.number for one in await rounds(stores, claim.turn.id)] == [1, 2]
    assert await spent(stores) == (220, 0)
    assert await rounds(stores, uuid4()) == []


async def test_nothing_is_kept_for_who_has_lost_the_turn(stores: UnitOfWorkFactory):
    claim = await claimed(stores, mention())
    with pytest.raises(LostClaim):
        await stored(stores, claim, attempt=claim.turn.attempts + 1)
    assert await rounds(stores, claim.turn.id) == []
    assert await spent(stores) == (0, 500)
    async with stores() as uow:
        assert [one.outcome for one in await uow.calls.of_turn(claim.turn.id)] == [CallOutcome.STARTED]


async def test_the_same_round_stored_again_changes_nothing(stores: UnitOfWorkFactory):
    claim = await claimed(stores, mention())
    ended = await stored(stores, claim)
    async with stores() as uow:
        other = round_of(claim.turn.id, text="Otherwise.")
        await uow.calls.store_round(other, ended, claim.turn.id, {"tokens": 110}, claim.turn.attempts)
        await uow.commit()
    assert [one.text for one in await rounds(stores, claim.turn.id)] == ["Let me look."]
    assert await spent(stores) == (110, 0)


async def test_an_answer_after_its_rounds_is_stored_even_with_a_call_that_has_ended(
    stores: UnitOfWorkFactory,
):
    """The limits left nothing for another call: what was said before the search is the answer."""
    claim = await claimed(stores, mention())
    ended = await stored(stores, claim)
    said = answer(claim.turn.id, claim.conversation.id, text="Let me look.")
    async with stores() as uow:
        cut = replace(ended, outcome=CallOutcome.PARTIAL)
        await uow.calls.store_answer(said, cut, claim.turn.id, {}, claim.turn.attempts)
        await uow.commit()
    async with stores() as uow:
        kept = await uow.chat.answer_of(claim.turn.id)
        assert kept is not None
        assert kept.text == "Let me look."
        assert await uow.calls.of_turn(claim.turn.id) == [ended]
    assert await spent(stores) == (110, 0)
