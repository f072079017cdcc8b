"""Threads that outgrow the context: folded into a summary, in large steps, with nothing lost silently."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.chat.context import ContextBuilder
from services.chat.spoken import spoken
from services.chat.thread import Thread
from services.entities.calls import Usage
from services.entities.conversations import Author, Conversation, Message
from services.entities.turns import TurnState
from services.errors import ModelUnavailable, QuestionTooLong
from services.models.estimate import estimate_request
from services.ports.models import Finished, TextDelta
from services.ports.slack import FileText
from tests import factories as make
from tests.fakes.slack import FakeReader
from tests.services.chat.desk import SUMMARY, Desk, all_of, saying, texts

LIMIT = 4_000
LONG = "A long story about lamps. " * 190  # about 1,400 tokens


@pytest.fixture
def desk() -> Desk:
    return Desk(context_tokens=LIMIT)


async def grown(desk: Desk, *, asked: int = 3) -> None:
    """A thread in which so many long questions were asked."""
    said = make.mention(text=f"Question 0. {LONG}")
    await desk.answered(said)
    for number in range(1, asked):
        await desk.answered(make.reply(said, text=f"Question {number}. {LONG}"))


async def test_a_thread_over_its_limit_is_folded_and_asked_with_the_summary(desk: Desk) -> None:
    await grown(desk)
    (fold,) = desk.haiku.asked
    assert "Question 0." in all_of(fold)
    asked = desk.claude.asked[-1]
    assert f"Earlier in this thread:\n{SUMMARY}" in texts(asked)
    assert "Question 0." not in all_of(asked)
    assert "Question 2." in all_of(asked)


async def test_a_fold_is_reserved_logged_and_settled(desk: Desk) -> None:
    await grown(desk)
    (fold,) = [call for call in desk.calls() if call.purpose == "summary"]
    assert (fold.model, fold.usage.total) == ("haiku", 59)
    assert desk.budget().spent == 3 * 120 + 59
    assert desk.budget().reserved == 0


async def test_the_person_is_told_once_that_the_thread_is_full(desk: Desk) -> None:
    await grown(desk, asked=5)
    told = [answer.notes.context_full for answer in desk.show.answers if answer.notes]
    (percent,) = filter(None, told)
    assert 80 <= percent <= 100


async def test_a_thread_with_room_is_not_folded() -> None:
    desk = Desk()
    await grown(desk, asked=5)
    assert not desk.haiku.asked


async def test_a_second_fold_starts_from_the_first_summary(desk: Desk) -> None:
    await grown(desk, asked=6)
    assert len(desk.haiku.asked) >= 2
    assert f"Summary so far:\n{SUMMARY}" in all_of(desk.haiku.asked[1])


async def test_files_are_folded_with_their_messages(desk: Desk) -> None:
    desk.files.texts["F1"] = FileText("notes.pdf", "The lamp is marzipan. " * 150)
    said = make.mention(text=f"Question 0. {LONG}", files=(make.file("F1"),))
    await desk.answered(said)
    await desk.answered(make.reply(said, text=f"Question 1. {LONG}"))
    assert "The lamp is marzipan." in all_of(desk.haiku.asked[0])


async def test_a_very_long_thread_is_folded_in_calls_that_fit(desk: Desk) -> None:
    root = make.told(text=f"Said 0. {LONG}")
    said = make.mention(thread_ts=root.ts, key=make.ts_of(make.after(90_000)), at=make.after(90_000))
    desk.slack.threads[make.thread_of(said)] = [
        root,
        *(make.told(text=f"Said {n}. {LONG}") for n in range(1, 9)),
    ]
    assert (await desk.answered(said)).state is TurnState.ANSWERED
    assert len(desk.haiku.asked) > 1
    assert all(estimate_request(fold) <= LIMIT * 1.5 for fold in desk.haiku.asked)
    folded = "".join(map(all_of, [*desk.haiku.asked, *desk.claude.asked]))
    assert all(f"Said {number}." in folded for number in range(9))


async def test_without_budget_for_the_fold_the_question_is_refused() -> None:
    desk = Desk(context_tokens=LIMIT, daily_tokens=6_000)
    dear = (TextDelta("Yes."), Finished(Usage(tokens_in=5_000), "end"))
    desk.claude.scripts = [saying("Yes."), dear]
    await grown(desk)
    assert desk.show.all_of("refused") == ["NotEnoughBudget"]
    assert desk.budget().reserved == 0


async def test_a_summary_that_says_nothing_replaces_nothing(desk: Desk) -> None:
    desk.haiku.scripts = [(TextDelta("  "), Finished(Usage(tokens_in=50), "refusal"))]
    await grown(desk)
    assert desk.show.all_of("failed")[0][0] == "ModelBroke"
    assert all(not one.summary for one in desk.memory.conversations.values())
    assert desk.budget().reserved == 0
    assert desk.budget().spent == 2 * 120 + 50


async def test_a_summary_at_its_cap_says_that_it_was_cut(desk: Desk) -> None:
    desk.haiku.script = (TextDelta("They spoke"), Finished(Usage(tokens_in=5), "length"))
    await grown(desk)
    (known,) = desk.memory.conversations.values()
    assert known.summary.endswith("[this summary was cut at its greatest length]")


async def test_when_no_model_folds_nothing_is_held_or_lost(desk: Desk) -> None:
    desk.haiku.script = (ModelUnavailable("anthropic", "overloaded_error", status=529),)
    await grown(desk)
    assert desk.show.all_of("failed")[0][0] == "AllModelsFailed"
    assert desk.budget().reserved == 0
    assert len(desk.claude.asked) == 2


async def test_a_stop_while_folding_asks_nothing_more(desk: Desk) -> None:
    await grown(desk, asked=2)
    turn = next(iter(desk.memory.turns.values())).turn
    first = next(row.message for row in desk.memory.messages.values())
    said = make.mention(thread_ts=first.ts, text=f"Question 2. {LONG}")
    claim = await desk.claimed(said)

    def stop(name: str) -> None:
        if name == "sent":
            desk.cancellation._watched[claim.turn.id].cancel()

    desk.on_checkpoint = stop
    await desk.chat.answer(claim)
    assert desk.turn(claim.turn.id).state is TurnState.CANCELLED
    assert len(desk.claude.asked) == 2
    assert desk.conversation(turn).summary == SUMMARY  # paid for, so kept


# -- properties ---------------------------------------------------------------------------------

HERE = Conversation(UUID(int=1), make.TEAM, make.CHANNEL, "channel", "1.000000")
LENGTHS = st.lists(st.tuples(st.integers(1, 4_000), st.booleans()), min_size=1, max_size=14)


def messages_of(lengths: list[tuple[int, bool]]) -> list[Message]:
    return [
        Message(
            UUID(int=10 + number),
            HERE.id,
            Author.US if ours and number else Author.PERSON,
            make.ANNA,
            f"<{number}> " + "lamp " * (length // 5),
            make.after(number),
        )
        for number, (length, ours) in enumerate(lengths)
    ]


@given(LENGTHS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_context_fits_and_nothing_is_left_out(lengths: list[tuple[int, bool]]) -> None:
    builder = ContextBuilder(FakeReader(), limit=2_000, answer_tokens=200)
    said = messages_of(lengths)
    conversation, folded = HERE, list[Message]()
    while True:
        thread = Thread(conversation, tuple(said), frozenset({said[-1].id}))
        try:
            context = await builder.build(thread, {})
        except QuestionTooLong:
            assert len(thread.recent) == 1 or estimate_request_of(said[-1]) > 1_000
            return
        if context.fold is None:
            break
        sent = all_of(context.fold.request)
        assert all(spoken(message, {}) in sent for message in context.fold.messages)
        folded += context.fold.messages
        conversation = conversation_after(conversation, context.fold.until)
    assert context.tokens <= 2_000
    asked = all_of(context.request)
    for message in said:
        assert message.text in asked or message in folded
    assert folded == said[: len(folded)]


def estimate_request_of(message: Message) -> int:
    return len(message.text) // 3


def conversation_after(known: Conversation, until: datetime) -> Conversation:
    return replace(known, summary="So far.", summary_until=until)
