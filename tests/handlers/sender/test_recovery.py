"""After a crash the answer stands in its thread once, whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.errors import EmptyQuestion
from services.ports.presenter import AnswerNotes
from tests.fakes.sources import Everything
from tests.handlers.sender.conftest import NOTES, Stage, blocks_of
from tests.handlers.sender.test_answer import PARAGRAPHS, until_shown

TEXT = "Ninety seconds is plenty."


async def test_a_stored_answer_is_shown_in_one_post(stage: Stage) -> None:
    await stage.presenter().deliver(stage.claim, TEXT, NOTES, Everything())
    assert stage.texts() == [TEXT]
    assert stage.made("chat.postMessage", "chat.startStream") == ["chat.postMessage"]
    assert blocks_of(stage.replies()[0], "context_actions")


async def test_a_long_stored_answer_is_shown_whole(stage: Stage) -> None:
    await stage.presenter().deliver(stage.claim, PARAGRAPHS, NOTES, Everything())
    assert "".join(stage.texts()) == PARAGRAPHS.rstrip()


async def test_a_delivered_answer_is_not_shown_again(stage: Stage) -> None:
    for _ in range(2):
        await stage.presenter().deliver(stage.resumed, PARAGRAPHS, NOTES, Everything())
    assert "".join(stage.texts()) == PARAGRAPHS.rstrip()


@pytest.mark.parametrize("written", ["Ninety ", TEXT])
async def test_a_stream_left_open_by_a_crash_is_closed_and_completed(stage: Stage, written: str) -> None:
    answer = await stage.presenter().answer(stage.claim, Everything())
    await answer.write(written)
    await until_shown(stage, answer)
    assert stage.posts[0].ts is None
    await stage.presenter().deliver(stage.resumed, TEXT, NOTES, Everything())
    assert stage.texts() == [TEXT]
    assert stage.replies()[0].streaming_state == "completed"
    assert stage.posts[0].ts == stage.replies()[0].ts


async def test_a_finished_answer_whose_record_was_lost_is_not_doubled(stage: Stage) -> None:
    answer = await stage.presenter().answer(stage.claim, Everything())
    await answer.write(TEXT)
    await until_shown(stage, answer)
    await answer.finish(NOTES)
    forget_what_was_sent(stage)
    await stage.presenter().deliver(stage.resumed, TEXT, NOTES, Everything())
    assert stage.texts() == [TEXT]
    assert len(blocks_of(stage.replies()[0], "context_actions")) == 1


async def test_a_post_whose_record_was_lost_is_not_doubled(stage: Stage) -> None:
    await stage.presenter().deliver(stage.claim, TEXT, NOTES, Everything())
    forget_what_was_sent(stage)
    await stage.presenter().deliver(stage.resumed, TEXT, NOTES, Everything())
    assert stage.texts() == [TEXT]


@pytest.mark.parametrize("messages", [1, 2, 3])
async def test_a_crash_in_a_later_message_of_a_long_answer(stage: Stage, messages: int) -> None:
    answer = await stage.presenter().answer(stage.claim, Everything())
    written = PARAGRAPHS[: 10_000 * messages]
    for at in range(0, len(written), 2_000):
        await answer.write(written[at : at + 2_000])
        await until_shown(stage, answer)
    await stage.presenter().deliver(stage.resumed, PARAGRAPHS, NOTES, Everything())
    assert "".join(stage.texts()) == PARAGRAPHS.rstrip()
    assert sum(bool(blocks_of(seen, "context_actions")) for seen in stage.replies()) == 1


async def test_an_intent_without_a_message_is_posted_anew(stage: Stage) -> None:
    answer = await stage.presenter().answer(stage.claim, Everything())
    await stage.sandbox.wait_for(lambda: stage.posts and answer._opening.done())
    await stage.presenter().deliver(stage.resumed, TEXT, NOTES, Everything())
    assert stage.texts() == [TEXT]
    assert [post.ts for post in stage.posts] == [stage.replies()[0].ts]


async def test_the_answer_before_is_not_taken_for_the_lost_one(stage: Stage) -> None:
    """The same thread, a moment earlier, and a stream that Slack ended: it carries no id of ours."""
    first = await stage.presenter().answer(stage.claim, Everything())
    await first.write("The answer ")
    await until_shown(stage, first)
    stage.sandbox.clock.advance(400)
    await first.write("before.")
    await until_shown(stage, first)
    await first.finish(NOTES)
    next_turn = replace(stage.claim.turn, id=type(stage.claim.turn.id)(int=7))
    stage.claim = replace(stage.claim, turn=next_turn)
    opened = await stage.presenter().answer(stage.claim, Everything())
    await stage.sandbox.wait_for(opened._opening.done)
    await stage.presenter().deliver(stage.resumed, TEXT, NOTES, Everything())
    assert stage.texts() == ["The answer ", "before.", TEXT]


async def test_what_broke_off_is_closed_before_the_question_is_asked_again(stage: Stage) -> None:
    lost = await stage.presenter().answer(stage.claim, Everything())
    await lost.write("Perhaps six")
    await until_shown(stage, lost)
    answer = await stage.presenter().answer(stage.resumed, Everything())
    await answer.write(TEXT)
    await until_shown(stage, answer)
    await answer.finish(NOTES)
    assert stage.texts() == ["Perhaps six", TEXT]
    assert [seen.streaming_state for seen in stage.replies()] == ["completed", "completed"]
    assert "asked again below" in blocks_of(stage.replies()[0], "context")[0]["elements"][0]["text"]


@pytest.mark.parametrize("told", ["uncertain", "failed"])
async def test_what_broke_off_is_closed_before_the_person_is_told(stage: Stage, told: str) -> None:
    lost = await stage.presenter().answer(stage.claim, Everything())
    await lost.write("Perhaps six")
    await until_shown(stage, lost)
    if told == "uncertain":
        await stage.presenter().uncertain(stage.resumed, [])
    else:
        await stage.presenter().failed(stage.resumed, EmptyQuestion(), "a1b2c3")
    assert stage.replies()[0].streaming_state == "completed"
    assert "broke off" in blocks_of(stage.replies()[0], "context")[0]["elements"][0]["text"]
    assert [post.ts for post in stage.posts] == [seen.ts for seen in stage.replies()]


async def test_a_crash_of_the_second_attempt_completes_only_the_second(stage: Stage) -> None:
    for claim, attempt in ((stage.claim, "Perhaps six"), (stage.again, TEXT[:9])):
        answer = await stage.presenter().answer(claim, Everything())
        await answer.write(attempt)
        await until_shown(stage, answer)
    await stage.presenter().deliver(stage.resumed, TEXT, NOTES, Everything())
    assert stage.texts() == ["Perhaps six", TEXT]


async def test_a_partial_answer_offers_to_go_on(stage: Stage) -> None:
    await stage.presenter().deliver(stage.claim, TEXT, AnswerNotes(model="m", broken=True), Everything())
    [button] = blocks_of(stage.replies()[0], "actions")[0]["elements"]
    assert (button["action_id"], button["value"]) == ("chat.continue", str(stage.claim.turn.id))


def forget_what_was_sent(stage: Stage) -> None:
    for post in stage.posts:
        stage.memory.posts[post.id] = replace(post, ts=None, sealed=False, length=0)
