"""A turn from its question to its end: answered, refused or failed."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from services.entities.calls import CallOutcome, Usage
from services.entities.conversations import Author, Place
from services.entities.turns import TurnState
from services.errors import ModelRejected, ModelUnavailable, SlackUnavailable
from services.ports.models import Finished, TextDelta
from tests import factories as make
from tests.fakes.presenter import QUESTION_TS
from tests.services.chat.desk import ANSWER_TOKENS, Desk, all_of, saying

OVERLOADED = ModelUnavailable("anthropic", "overloaded_error", status=529)
DOWN = ModelUnavailable("openai", "connection", status=None)


class Refused(SlackUnavailable):
    permanent = True


# -- answered -----------------------------------------------------------------------------------


async def test_a_question_is_answered_and_stored(desk: Desk) -> None:
    turn = await desk.answered(make.mention())
    assert turn.state is TurnState.ANSWERED
    assert desk.seen.text == "Ninety seconds."
    assert [(m.author, m.text) for m in await desk.thread(turn)][-1] == (Author.US, "Ninety seconds.")
    assert desk.passed[2:] == ["claimed", "reserved", "sent", "answered", "posted"]


async def test_below_it_stand_the_model_its_cost_and_the_others(desk: Desk) -> None:
    await desk.answered(make.mention())
    notes = desk.seen.notes
    assert notes is not None
    assert (notes.model, notes.models, notes.tokens) == ("claude", ("gpt",), 120)
    assert notes.cost is not None
    assert not (notes.stopped)
    assert not (notes.broken)
    assert not (notes.cut)
    assert not (notes.failover_from)


async def test_the_chosen_model_is_asked_first(desk: Desk) -> None:
    await desk.answered(make.mention(model="gpt"))
    assert (len(desk.gpt.asked), len(desk.claude.asked)) == (1, 0)


async def test_the_worst_case_is_held_before_and_the_real_use_booked_after(desk: Desk) -> None:
    held = []
    desk.on_checkpoint = lambda name: held.append(desk.budget()) if name == "sent" else None
    await desk.answered(make.mention())
    assert held[0].spent == 0
    assert held[0].reserved > ANSWER_TOKENS
    assert (desk.budget().spent, desk.budget().reserved) == (120, 0)


async def test_the_call_is_stored_before_it_is_paid(desk: Desk) -> None:
    stored = []
    desk.on_checkpoint = lambda name: stored.extend(desk.outcomes()) if name == "sent" else None
    await desk.answered(make.mention())
    assert stored == [CallOutcome.STARTED]
    (call,) = desk.calls()
    assert (call.outcome, call.usage.tokens_out, call.request_id) == (CallOutcome.ANSWERED, 20, "req_1")


async def test_when_the_first_model_fails_the_next_answers_and_the_notes_say_so(desk: Desk) -> None:
    desk.claude.script = (OVERLOADED,)
    await desk.answered(make.mention())
    assert desk.seen.notes is not None
    assert desk.seen.notes.failover_from == "claude"
    assert desk.outcomes() == [CallOutcome.FAILED, CallOutcome.ANSWERED]
    assert desk.budget().spent == 120


@pytest.mark.parametrize(("status", "estimated"), [(529, False), (None, True)])
async def test_a_call_that_ended_without_a_word_from_the_provider_is_marked_estimated(
    desk: Desk, status: int | None, estimated: bool
) -> None:
    desk.claude.script = (ModelUnavailable("anthropic", "gone", status=status),)
    await desk.answered(make.mention())
    assert [call.usage.estimated for call in desk.memory.calls.values()] == [estimated, False]


async def test_an_answer_at_its_cap_is_marked_and_can_be_continued(desk: Desk) -> None:
    for stop in ("length", "context"):
        desk.claude.script = (TextDelta("So"), Finished(Usage(tokens_in=5, tokens_out=1), stop))
        turn = await desk.answered(make.mention())
        assert turn.state is TurnState.PARTIAL
        assert desk.seen.notes is not None
        assert desk.seen.notes.cut
        assert not desk.seen.notes.broken


async def test_messages_that_came_meanwhile_are_answered_together_afterwards(desk: Desk) -> None:
    first = make.mention(text="One?")
    claim = await desk.claimed(first)
    two, three = make.reply(first, text="Two?"), make.reply(first, text="Three?")
    await desk.heard(two)
    await desk.heard(three)
    await desk.chat.answer(claim)
    assert "Two?" not in all_of(desk.claude.asked[0])
    await desk.worked(claim.turn)
    asked = all_of(desk.claude.asked[1])
    assert asked.index("One?") < asked.index("Ninety seconds.") < asked.index("Two?") < asked.index("Three?")
    assert len(desk.show.answers) == 2


async def test_an_answer_stands_behind_what_it_answers(desk: Desk) -> None:
    first = make.mention(text="One?")
    claim = await desk.claimed(first)
    await desk.intake.hear(make.reply(first, user=make.BEN, text="Meanwhile"))
    await desk.chat.answer(claim)
    said = [message.text for message in await desk.thread(claim.turn)]
    assert said == ["One?", "Ninety seconds.", "Meanwhile"]


async def test_the_next_turn_of_the_thread_is_woken(desk: Desk) -> None:
    said = make.mention()
    claim = await desk.claimed(said)
    await desk.heard(make.reply(said))
    desk.memory.jobs.clear()
    await desk.chat.answer(claim)
    assert desk.jobs == ["chat.turn"]


async def test_the_question_of_a_command_is_posted_and_answered_below(desk: Desk) -> None:
    turn = await desk.answered(make.ask(text="How long?"))
    assert desk.show.all_of("question") == ["How long?"]
    assert desk.show.all_of("answer") == [Place(make.TEAM, make.CHANNEL, QUESTION_TS)]
    assert desk.conversation(turn).thread_ts == QUESTION_TS


async def test_a_thread_that_began_without_us_is_read_once(desk: Desk) -> None:
    root = make.told(text="The lamp is marzipan")
    said = make.mention(thread_ts=root.ts)
    desk.slack.threads[make.thread_of(said)] = [root]
    await desk.answered(said)
    await desk.answered(make.reply(said))
    assert "The lamp is marzipan" in all_of(desk.claude.asked[0])
    assert desk.slack.asked.count(f"thread {root.ts}") == 1


async def test_a_working_row_that_comes_after_its_answer_is_ended(desk: Desk) -> None:
    desk.show.slow_working = asyncio.Event()
    answering = asyncio.create_task(desk.answered(make.mention()))
    while not desk.show.answers or desk.seen.notes is None:
        await asyncio.sleep(0)
    desk.show.slow_working.set()
    await answering
    assert [what for what, _ in desk.show.told[-2:]] == ["working", "idle"]


# -- refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", ":tada:", "?!"])
async def test_a_mention_without_a_question_is_refused(desk: Desk, text: str) -> None:
    turn = await desk.answered(make.mention(text=text))
    assert turn.state is TurnState.REFUSED
    assert desk.show.all_of("refused") == ["EmptyQuestion"]


async def test_guests_and_deleted_people_are_refused(desk: Desk) -> None:
    for changes in ({"is_guest": True}, {"is_deleted": True}):
        desk.slack.people[make.BEN] = make.person(user=make.BEN, **changes)
        desk.memory.people.clear()
        await desk.answered(make.mention(user=make.BEN))
    assert desk.show.all_of("refused") == ["NotAllowed", "NotAllowed"]
    assert not desk.calls()


async def test_a_person_who_may_not_ask_has_no_question_posted(desk: Desk) -> None:
    desk.slack.people[make.ANNA] = make.guest()
    await desk.answered(make.ask())
    assert not desk.show.all_of("question")


async def test_who_has_used_up_the_day_is_refused_and_nothing_is_asked() -> None:
    desk = Desk(daily_tokens=500)
    turn = await desk.answered(make.mention())
    assert turn.state is TurnState.REFUSED
    assert desk.show.all_of("refused") == ["NotEnoughBudget"]
    assert not desk.claude.asked
    assert desk.show.told[-1][0] == "idle"


async def test_a_question_longer_than_the_context_is_refused() -> None:
    desk = Desk(context_tokens=4_000)
    await desk.answered(make.mention(text="word " * 8_000))
    assert desk.show.all_of("refused") == ["QuestionTooLong"]
    assert desk.budget().reserved == 0


async def test_a_sixth_answer_within_a_minute_is_refused(desk: Desk) -> None:
    said = make.mention()
    for _ in range(6):
        turn = await desk.intake.hear(said if not desk.show.answers else make.reply(said))
        assert turn is not None
        claim = await desk.chat.claim(turn.conversation_id)
        assert claim is not None
        await desk.chat.answer(claim)
    assert len(desk.show.answers) == 5
    assert desk.show.all_of("refused") == ["TooManyAnswers"]


async def test_another_bot_gets_one_answer_and_then_silence(desk: Desk) -> None:
    said = make.from_bot()
    await desk.answered(said)
    again = make.reply(said, user=make.ROBOT, is_bot=True, mentions_us=True)
    turn = await desk.answered(again)
    assert turn.state is TurnState.REFUSED
    assert len(desk.show.answers) == 1
    assert not desk.show.all_of("refused")


async def test_a_refusal_that_slack_will_never_show_ends_the_turn_all_the_same(desk: Desk) -> None:
    desk.show.errors["refused"] = [Refused("chat.postEphemeral", "is_archived")]
    turn = await desk.answered(make.mention(text=""))
    assert turn.state is TurnState.REFUSED


async def test_a_refusal_that_slack_does_not_take_now_is_told_later(desk: Desk) -> None:
    desk.show.errors["refused"] = [SlackUnavailable("chat.postEphemeral", "timeout")]
    turn = await desk.heard(make.mention(text=""))
    with pytest.raises(SlackUnavailable):
        await desk.worked(turn)
    assert (await desk.taken_over(turn)).state is TurnState.REFUSED
    assert len(desk.show.all_of("refused")) == 2


# -- failed -------------------------------------------------------------------------------------


async def test_when_all_models_fail_everything_is_given_back(desk: Desk) -> None:
    desk.claude.script, desk.gpt.script = (OVERLOADED,), (DOWN,)
    turn = await desk.answered(make.mention())
    assert turn.state is TurnState.FAILED
    assert desk.show.all_of("failed")[0][0] == "AllModelsFailed"
    assert (desk.budget().spent, desk.budget().reserved) == (0, 0)
    assert desk.outcomes() == [CallOutcome.FAILED, CallOutcome.FAILED]


async def test_a_request_that_no_model_takes_fails_with_a_word(desk: Desk) -> None:
    desk.claude.script = (ModelRejected("anthropic", "invalid_request_error", status=400),)
    desk.gpt.script = (ModelRejected("openai", "invalid_request_error", status=400),)
    assert (await desk.answered(make.mention())).state is TurnState.FAILED


async def test_a_fault_of_ours_before_the_first_token_leaves_nothing_held(desk: Desk) -> None:
    desk.claude.script = (RuntimeError("a bug"),)
    turn = await desk.answered(make.mention())
    assert turn.state is TurnState.FAILED
    assert desk.budget().reserved == 0
    assert desk.budget().spent > 0  # the request had gone out: its input is booked, as an estimate
    assert desk.outcomes() == [CallOutcome.FAILED]


async def test_a_fault_of_ours_after_some_tokens_keeps_them(desk: Desk) -> None:
    desk.claude.script = (TextDelta("Ninety "), RuntimeError("a bug"))
    turn = await desk.answered(make.mention())
    assert turn.state is TurnState.PARTIAL
    assert desk.seen.notes is not None
    assert desk.seen.notes.broken


async def test_an_answer_that_cannot_be_begun_in_slack_costs_nothing(desk: Desk) -> None:
    desk.show.errors["answer"] = [Refused("chat.startStream", "is_archived")]
    turn = await desk.answered(make.mention())
    assert turn.state is TurnState.FAILED
    assert not desk.calls()
    assert desk.budget().reserved == 0


async def test_a_failure_of_a_command_is_told_where_its_question_stands(desk: Desk) -> None:
    desk.claude.script, desk.gpt.script = (OVERLOADED,), (DOWN,)
    await desk.answered(make.ask())
    assert desk.show.all_of("failed") == [
        ("AllModelsFailed", Place(make.TEAM, make.CHANNEL, QUESTION_TS)),
    ]


async def test_a_failed_turn_lets_the_next_one_run(desk: Desk) -> None:
    desk.claude.scripts, desk.gpt.scripts = [(OVERLOADED,)], [(DOWN,)]
    said = make.mention()
    await desk.answered(said)
    assert (await desk.answered(make.reply(said))).state is TurnState.ANSWERED


# -- leases -------------------------------------------------------------------------------------


async def test_a_stop_that_another_process_stored_is_heard_with_the_lease(desk: Desk) -> None:
    going_on = asyncio.Event()
    desk.claude.script = (TextDelta("Ninety "), going_on, *saying("never"))
    claim = await desk.claimed(make.mention())
    answering = asyncio.create_task(desk.chat.answer(claim))
    while not desk.show.answers or not desk.seen.text:
        await asyncio.sleep(0)
    async with desk.uow() as uow:
        await uow.chat.stop_turn(claim.turn.id)
        await uow.commit()
    await desk.chat.keep_leases()
    await answering
    assert desk.turn(claim.turn.id).state is TurnState.PARTIAL


async def test_a_turn_that_waits_too_long_is_woken(desk: Desk) -> None:
    await desk.heard(make.mention())
    desk.memory.jobs.clear()
    desk.clock.tick(3600)
    assert await desk.chat.wake_overdue(timedelta(seconds=5)) == 1
    assert desk.jobs == ["chat.turn"]
