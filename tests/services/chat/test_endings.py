"""Answers that end before they are done: stopped, broken off, told to go."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from services.entities.calls import CallOutcome, Usage
from services.entities.turns import TurnState
from services.errors import ModelBroke, Stopped
from services.ports.models import TextDelta
from tests import factories as make
from tests.services.chat.desk import Desk, all_of, saying


async def begun(desk: Desk, *, until: str = "Ninety ") -> tuple[asyncio.Task[None], UUID]:
    """An answer that is being written, and waits once `until` is shown."""
    claim = await desk.claimed(make.mention())
    answering = asyncio.create_task(desk.chat.answer(claim))
    while not desk.show.answers or desk.seen.text != until or not desk.claude.asked:
        await asyncio.sleep(0)
    return answering, claim.turn.id


def waits_after(desk: Desk, *pieces: str) -> None:
    desk.claude.script = (*map(TextDelta, pieces), asyncio.Event(), *saying("never shown"))


async def test_a_stop_in_the_middle_keeps_what_came(desk: Desk) -> None:
    waits_after(desk, "Ninety ")
    answering, turn_id = await begun(desk)
    await desk.cancellation.cancel(turn_id)
    await answering
    assert desk.turn(turn_id).state is TurnState.PARTIAL
    assert desk.outcomes() == [CallOutcome.STOPPED]
    assert desk.claude.closed == 1
    assert desk.seen.notes is not None
    assert desk.seen.notes.stopped
    assert not desk.seen.notes.broken


async def test_a_stop_books_an_estimate_and_gives_the_rest_back(desk: Desk) -> None:
    waits_after(desk, "Ninety ")
    answering, turn_id = await begun(desk)
    await desk.cancellation.cancel(turn_id)
    await answering
    (call,) = desk.calls()
    assert call.usage.estimated
    assert desk.budget().reserved == 0
    assert desk.budget().spent == call.usage.total > 0


async def test_a_stop_before_the_first_token_books_what_was_sent(desk: Desk) -> None:
    waits_after(desk)
    answering, turn_id = await begun(desk, until="")
    await desk.cancellation.cancel(turn_id)
    await answering
    (call,) = desk.calls()
    assert call.outcome is CallOutcome.STOPPED
    assert (call.usage.tokens_out, call.usage.estimated) == (0, True)
    assert desk.turn(turn_id).state is TurnState.PARTIAL


async def test_a_stop_before_anything_was_sent_costs_nothing(desk: Desk) -> None:
    said = make.mention()
    claim = await desk.claimed(said)

    def stop(name: str) -> None:
        if name == "reserved":
            desk.cancellation._watched[claim.turn.id].cancel()

    desk.on_checkpoint = stop
    await desk.chat.answer(claim)
    assert desk.turn(claim.turn.id).state is TurnState.CANCELLED
    assert not desk.calls()
    assert (desk.budget().spent, desk.budget().reserved) == (0, 0)
    assert desk.show.told[-1][0] == "idle"


async def test_a_stop_that_slack_tells_with_the_answer_ends_it(desk: Desk) -> None:
    async def refuse(text: str) -> None:
        raise Stopped

    desk.show.on_write = refuse
    turn = await desk.answered(make.mention())
    assert turn.state is TurnState.PARTIAL
    assert desk.outcomes() == [CallOutcome.STOPPED]


async def test_a_model_that_breaks_off_leaves_its_part_and_an_offer_to_go_on(desk: Desk) -> None:
    known = Usage(tokens_in=80, tokens_out=3)
    desk.claude.script = (TextDelta("Ninety "), ModelBroke("anthropic", "connection lost", usage=known))
    turn = await desk.answered(make.mention())
    assert turn.state is TurnState.PARTIAL
    assert desk.seen.text == "Ninety "
    assert desk.seen.notes is not None
    assert desk.seen.notes.broken
    assert desk.budget().spent == 83
    assert not desk.gpt.asked


async def test_going_on_shows_the_model_where_it_broke_off_and_nothing_later(desk: Desk) -> None:
    desk.claude.scripts = [(TextDelta("Ninety "), ModelBroke("anthropic", "lost"))]
    said = make.mention(text="How long?")
    broken = await desk.answered(said)
    await desk.answered(make.reply(said, text="Another question?"))
    anew = await desk.choices.go_on(make.anna(), broken.id, make.next_trigger())
    assert anew is not None
    await desk.worked(anew)
    request = desk.claude.asked[-1]
    assert "Another question?" not in all_of(request)
    assert [message.role for message in request.messages] == ["user", "assistant", "user"]
    assert "Go on exactly where" in request.messages[-1].parts[-1].text


async def test_what_is_told_to_go_keeps_what_came(desk: Desk) -> None:
    waits_after(desk, "Ninety ")
    answering, _turn_id = await begun(desk)
    answering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answering
    (call,) = desk.calls()
    assert (call.outcome, call.error) == (CallOutcome.PARTIAL, "shutdown")
    assert desk.seen.notes is not None
    assert desk.seen.notes.broken
    assert desk.budget().reserved == 0


async def test_what_is_told_to_go_before_a_token_came_leaves_the_question_to_the_person(desk: Desk) -> None:
    waits_after(desk)
    answering, turn_id = await begun(desk, until="")
    answering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answering
    turn = await desk.taken_over(desk.turn(turn_id))
    assert turn.state is TurnState.UNCERTAIN
    assert desk.show.all_of("uncertain") == [["claude"]]


async def test_an_answer_that_is_being_stored_is_stored_whatever_comes(desk: Desk) -> None:
    claim = await desk.claimed(make.mention())
    answering = asyncio.create_task(desk.chat.answer(claim))
    while not any(call.outcome is CallOutcome.ANSWERED for call in desk.calls()):
        await asyncio.sleep(0)
    answering.cancel()
    await asyncio.wait({answering})
    assert (await desk.taken_over(claim.turn)).state is TurnState.ANSWERED
    assert len(desk.claude.asked) == 1
