"""Who is answered, and what is only kept."""

from __future__ import annotations

import pytest

from services.chat.intake import is_worded
from services.entities.conversations import ConversationMode
from services.entities.turns import Heard, Source, TurnState
from services.errors import NotFound
from tests import factories as make
from tests.services.chat.desk import Desk


async def spoken(desk: Desk) -> Heard:
    """Anna has mentioned us; the thread is begun."""
    said = make.mention()
    await desk.answered(said)
    return said


async def test_a_mention_is_answered(desk: Desk) -> None:
    turn = await desk.heard(make.mention())
    assert turn.state is TurnState.WAITING
    assert desk.memory.jobs == [("chat.turn", {"conversation": str(turn.conversation_id)})]
    assert desk.passed == ["received", "enqueued"]


async def test_a_mention_and_its_twin_are_one_question(desk: Desk) -> None:
    said = make.mention(event_id="Ev1")
    first = await desk.intake.hear(said)
    second = await desk.intake.hear(make.twin(said))
    assert first is not None
    assert second is None


async def test_an_event_told_again_changes_nothing(desk: Desk) -> None:
    said = make.mention(event_id="Ev1")
    await desk.intake.hear(said)
    assert await desk.intake.hear(said) is None
    assert desk.jobs == ["chat.turn"]


async def test_a_direct_message_is_answered(desk: Desk) -> None:
    assert await desk.intake.hear(make.direct())


async def test_a_direct_message_may_be_about_somebody(desk: Desk) -> None:
    said = make.direct(text=f"What does <@{make.BEN}> do?", mentions_others=True)
    assert await desk.intake.hear(said)


async def test_who_mentioned_us_is_answered_in_the_thread_without_doing_so_again(desk: Desk) -> None:
    said = await spoken(desk)
    assert await desk.intake.hear(make.reply(said, text="And the second one?"))


async def test_others_in_the_thread_are_heard_and_not_answered(desk: Desk) -> None:
    said = await spoken(desk)
    assert await desk.intake.hear(make.reply(said, user=make.BEN, text="I like it")) is None
    assert "I like it" in [row.message.text for row in desk.memory.messages.values()]


async def test_a_message_to_somebody_else_is_not_answered(desk: Desk) -> None:
    said = await spoken(desk)
    other = make.reply(said, text=f"<@{make.BEN}> what do you think?", mentions_others=True)
    assert await desk.intake.hear(other) is None


async def test_mentioning_us_and_somebody_else_is_a_question_for_us(desk: Desk) -> None:
    assert await desk.intake.hear(make.mention(mentions_others=True))


@pytest.mark.parametrize("text", [":tada:", "🎉 👍", "?!", "...", ":+1::skin-tone-2:"])
async def test_a_follower_without_words_is_not_answered(desk: Desk, text: str) -> None:
    said = await spoken(desk)
    assert await desk.intake.hear(make.reply(said, text=text)) is None


async def test_a_follower_with_a_file_and_no_words_is_answered(desk: Desk) -> None:
    said = await spoken(desk)
    assert await desk.intake.hear(make.reply(said, text="", files=(make.file(),)))


async def test_in_a_quiet_thread_only_mentions_are_answered(desk: Desk) -> None:
    said = await spoken(desk)
    await desk.intake.set_mode(make.thread_of(said), ConversationMode.MENTIONED)
    assert await desk.intake.hear(make.reply(said)) is None
    assert await desk.intake.hear(make.reply(said, source=Source.MENTION, mentions_us=True))


async def test_a_thread_that_is_none_of_ours_cannot_be_made_quiet(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await desk.intake.set_mode(make.thread_of(make.heard()), ConversationMode.MENTIONED)


async def test_another_bot_is_answered_when_it_mentions_us_and_only_then(desk: Desk) -> None:
    first = make.from_bot()
    assert await desk.intake.hear(first)
    again = make.reply(first, user=make.ROBOT, is_bot=True)
    assert await desk.intake.hear(again) is None
    assert await desk.intake.hear(make.direct(user=make.ROBOT, is_bot=True)) is None


async def test_other_chatter_leaves_no_trace(desk: Desk) -> None:
    assert await desk.intake.hear(make.heard(event_id="Ev1")) is None
    assert not desk.memory.events
    assert not desk.memory.messages
    assert not desk.passed


async def test_a_stop_reaches_what_runs_and_what_waits(desk: Desk) -> None:
    said = make.mention()
    running = (await desk.claimed(said)).turn
    waiting = await desk.heard(make.reply(said))
    stopped = await desk.intake.stop(make.thread_of(said), "Ev1")
    assert {turn.id for turn in stopped} == {running.id, waiting.id}
    assert desk.turn(running.id).stop_requested
    assert desk.turn(waiting.id).state is TurnState.CANCELLED
    assert desk.cancellation.cancelled == [running.id, waiting.id]


async def test_a_stop_told_twice_stops_once(desk: Desk) -> None:
    said = make.mention()
    await desk.heard(said)
    await desk.intake.stop(make.thread_of(said), "Ev1")
    later = await desk.heard(make.reply(said))
    assert await desk.intake.stop(make.thread_of(said), "Ev1") == []
    assert desk.turn(later.id).state is TurnState.WAITING


async def test_a_deleted_question_is_not_answered(desk: Desk) -> None:
    said = make.mention()
    turn = await desk.heard(said)
    await desk.intake.deleted(make.TEAM, "Ev2", make.CHANNEL, said.key)
    assert desk.turn(turn.id).state is TurnState.CANCELLED


async def test_deleting_one_of_two_questions_leaves_the_other(desk: Desk) -> None:
    said = make.mention(text="First?")
    turn = await desk.heard(said)
    await desk.heard(make.reply(said, text="Second?"))
    claim = await desk.claim(turn)
    await desk.intake.deleted(make.TEAM, "Ev2", make.CHANNEL, said.key)
    assert not desk.turn(claim.turn.id).stop_requested


@pytest.mark.parametrize(
    ("text", "worded"),
    [
        ("hi", True),
        ("10:30:45", True),
        ("你好", True),
        (":wave: hello", True),
        (":wave:", False),
        ("", False),
    ],
)
def test_words_are_told_from_emoji_and_punctuation(text: str, worded: bool) -> None:
    assert is_worded(text) is worded


def test_a_text_made_to_be_slow_is_decided_all_the_same() -> None:
    assert is_worded(":-" * 20_000 + "a")  # a backtracking pattern never came to an end
