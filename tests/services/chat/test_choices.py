"""What the buttons below an answer do."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from services.chat.choices import decision_of
from services.entities.calls import CallOutcome
from services.entities.people import Actor
from services.entities.turns import Turn, TurnState
from services.errors import ModelUnavailable, NotAllowed, NotFound
from tests import factories as make
from tests.services.chat.desk import Desk, all_of
from tests.services.chat.test_resume import dead

DOWN = ModelUnavailable("anthropic", "overloaded_error", status=529)


async def uncertain(desk: Desk) -> Turn:
    return await desk.taken_over(await dead(desk, "sent"))


async def test_asking_again_books_the_worst_case_and_answers(desk: Desk) -> None:
    turn = await uncertain(desk)
    worst = desk.budget().reserved
    assert await desk.choices.ask_again(make.anna(), turn.id)
    assert (desk.budget().spent, desk.budget().reserved) == (worst, 0)
    assert (await desk.worked(turn)).state is TurnState.ANSWERED
    assert desk.outcomes() == [CallOutcome.RELEASED, CallOutcome.ANSWERED]
    assert desk.budget().spent == worst + 120


async def test_letting_it_be_books_the_worst_case_and_asks_nothing(desk: Desk) -> None:
    turn = await uncertain(desk)
    assert await desk.choices.let_be(make.anna(), turn.id)
    assert desk.turn(turn.id).state is TurnState.CANCELLED
    assert desk.budget().reserved == 0
    assert not desk.claude.asked


async def test_only_the_first_decision_counts(desk: Desk) -> None:
    turn = await uncertain(desk)
    assert await desk.choices.let_be(make.anna(), turn.id)
    assert not await desk.choices.ask_again(make.anna(), turn.id)
    assert desk.turn(turn.id).state is TurnState.CANCELLED


async def test_of_two_decisions_at_once_the_later_one_touches_nothing(desk: Desk) -> None:
    turn = await uncertain(desk)
    async with desk.uow() as uow:  # the other's decision is stored, its turn not seen as moved yet
        await uow.chat.know_event(make.TEAM, decision_of(turn), "decided")
        await uow.commit()
    held = desk.budget()
    assert not await desk.choices.ask_again(make.anna(), turn.id)
    assert desk.budget() == held


async def test_a_failed_turn_is_tried_again_as_often_as_the_person_likes(desk: Desk) -> None:
    desk.claude.scripts = [(DOWN,)] * 7
    desk.gpt.scripts = [(DOWN,)] * 7
    turn = await desk.answered(make.mention())
    for _ in range(6):
        assert await desk.choices.ask_again(make.anna(), turn.id)
        assert (await desk.worked(turn)).state is TurnState.FAILED
    assert await desk.choices.ask_again(make.anna(), turn.id)
    assert (await desk.worked(turn)).state is TurnState.ANSWERED
    assert desk.budget().spent == 120


async def test_a_retry_sees_the_thread_as_it_stood_and_ends_with_its_question(desk: Desk) -> None:
    desk.claude.scripts, desk.gpt.scripts = [(DOWN,)], [(DOWN,)]
    said = make.mention(text="One?")
    failed = await desk.answered(said)
    await desk.answered(make.reply(said, text="Two?"))
    assert await desk.choices.ask_again(make.anna(), failed.id)
    await desk.worked(failed)
    assert "Two?" not in all_of(desk.claude.asked[-1])
    assert desk.claude.asked[-1].messages[-1].role == "user"


async def test_another_model_sees_the_thread_as_it_stood(desk: Desk) -> None:
    said = make.mention(text="One?")
    first = await desk.answered(said)
    await desk.answered(make.reply(said, text="Two?"))
    anew = await desk.choices.answer_again(make.anna(), first.id, make.next_trigger(), "gpt")
    assert anew is not None
    await desk.worked(anew)
    (request,) = desk.gpt.asked
    assert "One?" in all_of(request)
    assert "Two?" not in all_of(request)
    assert "Ninety" not in all_of(request)


async def test_a_question_that_is_folded_away_can_be_answered_again() -> None:
    desk = Desk(context_tokens=4_000)
    said = make.mention(text="What about lamps?")
    first = await desk.answered(said)
    await desk.answered(make.reply(said, text="Long " * 2_200))
    await desk.answered(make.reply(said, text="Short?"))
    assert desk.conversation(first).summary
    anew = await desk.choices.answer_again(make.anna(), first.id, make.next_trigger(), "gpt")
    assert anew is not None
    assert (await desk.worked(anew)).state is TurnState.ANSWERED
    assert "What about lamps?" in all_of(desk.gpt.asked[-1])


async def test_one_press_is_one_turn(desk: Desk) -> None:
    first = await desk.answered(make.mention())
    trigger = make.next_trigger()
    assert await desk.choices.answer_again(make.anna(), first.id, trigger, None)
    assert await desk.choices.answer_again(make.anna(), first.id, trigger, None) is None


async def test_a_deleted_question_cannot_be_answered_again(desk: Desk) -> None:
    said = make.mention()
    first = await desk.answered(said)
    await desk.intake.deleted(make.TEAM, "Ev5", make.CHANNEL, said.key)
    anew = await desk.choices.answer_again(make.anna(), first.id, make.next_trigger(), None)
    assert anew is not None
    assert (await desk.worked(anew)).state is TurnState.REFUSED
    assert desk.show.all_of("refused") == ["NotFound"]


async def test_feedback_is_kept_and_can_be_changed(desk: Desk) -> None:
    turn = await desk.answered(make.mention())
    await desk.choices.feedback(make.anna(), turn.id, good=True)
    await desk.choices.feedback(make.anna(), turn.id, good=False)
    assert [one.good for one in desk.memory.feedback.values()] == [False]


async def test_strangers_decide_nothing(desk: Desk) -> None:
    turn = await uncertain(desk)
    desk.slack.people["UX"] = replace(make.person(), team="T2", user="UX")
    with pytest.raises(NotAllowed):
        await desk.choices.ask_again(Actor("T2", "UX"), turn.id)
    with pytest.raises(NotAllowed):
        await desk.choices.feedback(Actor("T2", "UX"), turn.id, good=True)


async def test_guests_decide_nothing(desk: Desk) -> None:
    turn = await uncertain(desk)
    desk.slack.people[make.BEN] = make.guest(user=make.BEN)
    with pytest.raises(NotAllowed):
        await desk.choices.ask_again(Actor(make.TEAM, make.BEN), turn.id)


async def test_what_is_not_there_cannot_be_decided_about(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await desk.choices.let_be(make.anna(), uuid4())


async def test_two_presses_at_once_ask_once(desk: Desk) -> None:
    turn = await uncertain(desk)
    desk.memory.jobs.clear()
    both = await asyncio.gather(*(desk.choices.ask_again(make.anna(), turn.id) for _ in range(2)))
    assert sorted(both) == [False, True]
    assert desk.jobs == ["chat.turn"]
