"""An answer on its way into its thread: all of it, once, in as few calls as people do not notice."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from services.errors import SlackUnavailable, Stopped
from services.ports.presenter import AnswerNotes
from tests.fakes.sources import Everything
from tests.handlers.sender.conftest import NOTES, Stage, blocks_of, settle

START, APPEND, STOP, POST, UPDATE = (
    "chat.startStream",
    "chat.appendStream",
    "chat.stopStream",
    "chat.postMessage",
    "chat.update",
)
PARAGRAPHS = "\n\n".join(f"Paragraph {number}. " + "Some words about films. " * 20 for number in range(60))


async def say(stage: Stage, *parts: str, notes: AnswerNotes = NOTES, stream_age: float = 240.0) -> None:
    """An answer of which each part is visible before the next one comes."""
    answer = await stage.presenter(stream_age=stream_age).answer(stage.claim, Everything())
    for part in parts:
        await answer.write(part)
        await until_shown(stage, answer)
    await answer.finish(notes)


async def until_shown(stage: Stage, answer: object) -> None:
    await stage.sandbox.wait_for(lambda: answer._pump.done())


async def test_an_answer_is_streamed_into_its_thread(stage: Stage) -> None:
    await say(stage, "Ninety seconds ", "is plenty.")
    assert stage.texts() == ["Ninety seconds is plenty."]
    assert stage.made() == [START, APPEND, STOP]
    started = stage.sandbox.calls(START)[0].args
    assert started["recipient_user_id"] == stage.claim.turn.user
    assert started["recipient_team_id"] == stage.claim.turn.team


async def test_below_it_stand_the_model_feedback_and_other_models(stage: Stage) -> None:
    await say(stage, "Ninety seconds.")
    seen = stage.replies()[0]
    assert "claude-sonnet-5-5" in blocks_of(seen, "context")[0]["elements"][0]["text"]
    assert blocks_of(seen, "context_actions")[0]["elements"][0]["action_id"] == "chat.feedback"
    select = blocks_of(seen, "actions")[0]["elements"][0]
    assert select["options"][0]["value"] == f"{stage.claim.turn.id}|gpt-6"
    assert seen.streaming_state == "completed"


async def test_the_first_text_goes_out_at_once(stage: Stage) -> None:
    stage.clock.held = True
    answer = await stage.presenter().answer(stage.claim, Everything())
    await answer.write("N")
    await stage.sandbox.wait_for(lambda: stage.texts() == ["N"])
    await answer.write("inety.")
    await answer.finish(NOTES)
    assert stage.texts() == ["Ninety."]


async def test_two_thousand_tokens_over_twenty_seconds_take_at_most_25_calls(stage: Stage) -> None:
    stage.clock.held = True
    presenter = stage.presenter()
    await presenter.working(stage.claim)
    answer = await presenter.answer(stage.claim, Everything())
    for token in range(2_000):
        await answer.write(f"{token % 1_000:03} ")
        if token % 10 == 9:
            await settle(4)
            stage.clock.tick(0.1)
    await answer.finish(NOTES)
    assert stage.texts()[0].split() == [f"{token % 1_000:03}" for token in range(2_000)]
    assert len(stage.made()) <= 25


async def test_calls_get_rarer_as_the_rate_bucket_empties(stage: Stage) -> None:
    stage.clock.held, stage.gate.full = True, 0.1
    answer = await stage.presenter().answer(stage.claim, Everything())
    await answer.write("one ")
    await stage.sandbox.wait_for(lambda: stage.texts() == ["one "])
    await answer.write("two")
    await settle()
    stage.clock.tick(4.9)
    await settle()
    assert stage.made(APPEND) == []
    stage.clock.tick(0.2)
    await stage.sandbox.wait_for(lambda: stage.made(APPEND))
    await answer.finish(NOTES)


async def test_one_message_costs_two_units_of_work(stage: Stage) -> None:
    """What is meant, before it is sent; where it stands, after."""
    await say(stage, "Ninety seconds ", "is plenty.")
    assert stage.units == 2
    [post] = stage.posts
    assert (post.sealed, post.ts, post.length) == (
        True,
        stage.replies()[0].ts,
        len("Ninety seconds is plenty."),
    )


# -- long answers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1_500, 7_000, 100_000])
async def test_a_long_answer_arrives_whole_in_several_messages(stage: Stage, size: int) -> None:
    await say(stage, *(PARAGRAPHS[at : at + size] for at in range(0, len(PARAGRAPHS), size)))
    texts = stage.texts()
    assert "".join(texts).rstrip() == PARAGRAPHS.rstrip()
    assert 3 <= len(texts) <= 4
    assert all(len(text) <= 11_000 for text in texts)
    assert all(text.startswith("Paragraph") for text in texts)
    assert [bool(blocks_of(seen, "context_actions")) for seen in stage.replies()] == [False] * (
        len(texts) - 1
    ) + [True]
    assert all(post.sealed for post in stage.posts)
    assert stage.posts[-1].length in (len(PARAGRAPHS), len(PARAGRAPHS.rstrip()))


async def test_code_and_tables_go_on_in_the_next_message(stage: Stage) -> None:
    rows = "".join(f"| film {number} | {number} |\n" for number in range(700))
    code = "".join(f"print({number})\n" for number in range(900))
    await say(stage, f"| a | b |\n|---|---|\n{rows}\nNow code:\n\n```python\n{code}```\n")
    texts = stage.texts()
    assert len(texts) > 2
    assert sum(text.count("| film ") for text in texts) == 700
    assert [number for text in texts for number in re.findall(r"print\((\d+)\)", text)] == [
        *map(str, range(900))
    ]
    for before, text in pairwise(texts):
        assert text.startswith(("| a | b |\n|---|---|\n", "```python\n", "Now"))
        assert before.count("```") % 2 == 0


async def test_a_stream_is_rolled_over_before_slack_ends_it(stage: Stage) -> None:
    stage.clock.held = True
    answer = await stage.presenter(stream_age=240).answer(stage.claim, Everything())
    await answer.write("First paragraph.\n\n")
    await stage.sandbox.wait_for(stage.texts)
    await settle()
    stage.clock.tick(241)
    await answer.write("Second one.\n\nThird")
    await stage.sandbox.wait_for(lambda: len(stage.texts()) == 2)
    await answer.write(" one.")
    await answer.finish(NOTES)
    assert stage.texts() == ["First paragraph.\n\nSecond one.\n\n", "Third one."]


async def test_an_answer_goes_on_in_a_new_message_when_slack_has_ended_the_stream(stage: Stage) -> None:
    answer = await stage.presenter().answer(stage.claim, Everything())
    await answer.write("```py\nfirst()\n")
    await until_shown(stage, answer)
    stage.sandbox.clock.advance(400)
    await answer.write("second()\n```\nDone.")
    await until_shown(stage, answer)
    await answer.finish(NOTES)
    assert stage.texts() == ["```py\nfirst()\n```", "```py\nsecond()\n```\nDone."]
    assert not blocks_of(stage.replies()[0], "context_actions")


async def test_a_stream_that_died_before_its_end_still_gets_its_footer(stage: Stage) -> None:
    answer = await stage.presenter().answer(stage.claim, Everything())
    await answer.write("All of it.")
    await until_shown(stage, answer)
    stage.sandbox.clock.advance(400)
    await answer.finish(NOTES)
    assert stage.texts() == ["All of it."]
    assert blocks_of(stage.replies()[0], "context_actions")


# -- Stop -----------------------------------------------------------------------------------------


async def test_stop_in_slack_ends_the_writing(stage: Stage) -> None:
    answer = await stage.presenter().answer(stage.claim, Everything())
    await answer.write("Ninety seconds ")
    await until_shown(stage, answer)
    place = stage.claim.conversation.place
    await stage.sandbox.people.stop("ana", place.channel, place.thread_ts)
    await answer.write("is plenty.")
    await until_shown(stage, answer)
    with pytest.raises(Stopped):
        await answer.write(" More.")
    await answer.finish(AnswerNotes(model="claude-sonnet-5-5", stopped=True))
    assert stage.texts() == ["Ninety seconds "]
    assert "Stopped" in blocks_of(stage.replies()[0], "context")[0]["elements"][0]["text"]
    assert stage.posts[0].length == answer.shown == len("Ninety seconds ")


async def test_stop_pressed_at_the_very_end_is_marked(stage: Stage) -> None:
    answer = await stage.presenter().answer(stage.claim, Everything())
    await answer.write("Ninety seconds.")
    await until_shown(stage, answer)
    stage.sandbox.faults.answer(STOP, "stopped_by_user")
    await answer.finish(NOTES)
    assert stage.texts() == ["Ninety seconds."]
    assert "Stopped" in blocks_of(stage.replies()[0], "context")[0]["elements"][0]["text"]


# -- without streaming ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", ["unknown_method", "not_allowed_token_type", "missing_scope", "feature_not_enabled"]
)
async def test_without_streaming_the_answer_is_posted_and_edited(stage: Stage, code: str) -> None:
    stage.sandbox.faults.answer(START, code, times=None)
    await say(stage, "Ninety ", "seconds.")
    assert stage.texts() == ["Ninety seconds."]
    assert stage.made(POST, UPDATE, APPEND) == [POST, UPDATE, UPDATE]
    assert blocks_of(stage.replies()[0], "context_actions")
    assert stage.sandbox.calls(POST)[0].args["unfurl_links"] is False
    assert stage.sandbox.calls(POST)[0].args["unfurl_media"] is False


async def test_that_streaming_is_missing_is_remembered_for_a_while(stage: Stage) -> None:
    stage.sandbox.faults.answer(START, "unknown_method", times=None)
    presenter = stage.presenter()
    for _ in range(2):
        answer = await presenter.answer(stage.claim, Everything())
        await answer.write("Yes.")
        await until_shown(stage, answer)
        await answer.finish(NOTES)
    assert len(stage.made(START)) == 1
    stage.clock.tick(3_601)
    stage.sandbox.faults.clear()
    answer = await presenter.answer(stage.claim, Everything())
    await answer.write("Yes.")
    await until_shown(stage, answer)
    await answer.finish(NOTES)
    assert len(stage.made(START)) == 2


async def test_when_no_stream_may_start_a_short_answer_is_one_post(stage: Stage) -> None:
    stage.clock.held, stage.gate.starts = True, 0
    answer = await stage.presenter().answer(stage.claim, Everything())
    await answer.write("Ninety ")
    await settle()
    await answer.write("seconds.")
    await answer.finish(NOTES)
    assert stage.texts() == ["Ninety seconds."]
    assert stage.made(START, POST, UPDATE) == [POST]


async def test_when_no_stream_may_start_a_long_answer_is_posted_and_edited(stage: Stage) -> None:
    stage.gate.starts = 0
    await say(stage, *(PARAGRAPHS[at : at + 5_000] for at in range(0, len(PARAGRAPHS), 5_000)))
    assert "".join(stage.texts()).rstrip() == PARAGRAPHS.rstrip()


@pytest.mark.parametrize("method", [POST, UPDATE])
async def test_markdown_that_slack_refuses_is_shown_as_it_was_written(stage: Stage, method: str) -> None:
    stage.gate.starts = 0
    stage.sandbox.faults.answer(method, "only_one_table_allowed")
    await say(stage, "| a |\n|---|\n", "| b |")
    seen = stage.replies()[-1]
    assert (blocks_of(seen, "section") or blocks_of(seen, "markdown"))[0]
    assert "| b |" in str(seen.blocks)


async def test_an_answer_without_text_says_so(stage: Stage) -> None:
    answer = await stage.presenter().answer(stage.claim, Everything())
    await answer.finish(NOTES)
    assert stage.texts() == ["_The model gave no answer._"]


# -- lost answers and rate limits -----------------------------------------------------------------


@pytest.mark.parametrize("method", [START, APPEND, STOP])
@pytest.mark.parametrize("when", ["after", "before"])
async def test_a_cut_connection_doubles_and_drops_nothing(stage: Stage, method: str, when: str) -> None:
    stage.sandbox.faults.cut(method, when=when)
    await say(stage, "Ninety ", "seconds ", "is plenty.")
    assert stage.texts() == ["Ninety seconds is plenty."]
    assert blocks_of(stage.replies()[0], "context_actions")


@pytest.mark.parametrize("method", [POST, UPDATE])
@pytest.mark.parametrize("when", ["after", "before"])
async def test_a_cut_connection_doubles_no_post(stage: Stage, method: str, when: str) -> None:
    stage.gate.starts = 0
    stage.sandbox.faults.cut(method, when=when)
    await say(stage, "Ninety ", "seconds.")
    assert stage.texts() == ["Ninety seconds."]


@pytest.mark.parametrize("method", [START, APPEND, STOP])
async def test_a_rate_limit_is_waited_out(stage: Stage, method: str) -> None:
    stage.sandbox.faults.rate_limit(method, retry_after=7, times=2)
    await say(stage, "Ninety ", "seconds.")
    assert stage.texts() == ["Ninety seconds."]
    assert stage.gate.punished == [(method, 7.0)] * 2


async def test_writing_goes_on_while_slack_is_down_and_all_is_shown_afterwards(stage: Stage) -> None:
    stage.sandbox.faults.server_error(APPEND, times=1)
    stage.sandbox.faults.server_error(UPDATE, times=6)
    answer = await stage.presenter().answer(stage.claim, Everything())
    for word in ("Ninety ", "seconds ", "is ", "plenty."):
        await answer.write(word)
        await settle()
    await stage.sandbox.wait_for(answer._pump.done)
    await answer.finish(NOTES)
    assert stage.texts() == ["Ninety seconds is plenty."]


async def test_a_place_that_is_gone_is_told_as_permanent(stage: Stage) -> None:
    stage.sandbox.faults.answer("*", "is_archived", times=None)
    answer = await stage.presenter().answer(stage.claim, Everything())
    await answer.write("Ninety seconds.")
    with pytest.raises(SlackUnavailable, match="is_archived") as caught:
        await answer.finish(NOTES)
    assert caught.value.permanent


async def test_a_broadcast_cut_into_pieces_calls_nobody(stage: Stage) -> None:
    await say(stage, "Tell <!cha", "nnel> and @eve", "ryone.")
    assert stage.texts() == ["Tell \u2060channel\u2060 and @\u2060everyone."]
