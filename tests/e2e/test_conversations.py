"""Asking and being answered, as people do it."""

import asyncio

import pytest

from tests.e2e.stage import everything, said

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_mention_is_answered_in_its_thread(stage):
    channel = stage.channel()
    question = await stage.mention("ana", channel, "say exactly: the launch is on Friday")
    answer = await stage.answer(channel, question.ts)
    assert "the launch is on Friday" in said(answer)
    assert answer.thread_ts == question.ts


async def test_the_answer_is_streamed_and_ends_with_its_buttons(stage):
    channel = stage.channel()
    question = await stage.mention("ana", channel, "say exactly: hello")
    answer = await stage.answer(channel, question.ts)
    assert answer.streaming_state == "completed"
    for action in ("chat.feedback", "chat.again"):
        assert action in str(answer.blocks)


async def test_a_mention_and_its_twin_message_are_answered_once(stage):
    channel = stage.channel()
    question = await stage.mention("ana", channel, "say exactly: once")
    await stage.answer(channel, question.ts)
    await stage.settled(channel)
    assert len(stage.ours_in(channel, question.ts)) == 1
    assert len(await stage.rows("SELECT 1 FROM turns WHERE channel = $1", channel.id)) == 1


async def test_a_direct_message_is_answered(stage):
    channel = stage.workspace.app_dm("ana")
    question = await stage.people.post("ana", channel, "say exactly: just us")
    assert "just us" in said(await stage.answer(channel, question.ts))


async def test_who_has_mentioned_the_bot_goes_on_without(stage):
    channel = stage.channel()
    question = await stage.mention("ana", channel, "say exactly: one")
    await stage.answer(channel, question.ts)
    await stage.people.post("ana", channel, "say exactly: two", thread_ts=question.ts)
    _, second = await stage.answers(channel, question.ts, 2)
    assert "two" in said(second)


async def test_others_in_the_thread_are_read_but_not_answered(stage):
    channel = stage.channel()
    question = await stage.mention("ana", channel, "say exactly: one")
    await stage.answer(channel, question.ts)
    told = await stage.people.post(
        "ben", channel, "The premiere is at the Lido cinema.", thread_ts=question.ts
    )
    await stage.acknowledged(told)
    await stage.people.post("ana", channel, "At which cinema is the premiere?", thread_ts=question.ts)
    answers = await stage.answers(channel, question.ts, 2)
    assert len(answers) == 2
    assert "Lido" in said(answers[1])


async def test_a_message_to_somebody_else_is_not_answered(stage):
    channel = stage.channel()
    question = await stage.mention("ana", channel, "say exactly: one")
    await stage.answer(channel, question.ts)
    ben = stage.workspace.user("ben").id
    await stage.people.post("ana", channel, f"<@{ben}> what do you think?", thread_ts=question.ts)
    await stage.people.post("ana", channel, "say exactly: last", thread_ts=question.ts)
    answers = await stage.answers(channel, question.ts, 2)
    await stage.settled(channel)
    assert [text for text in ("one", "last") if text in " ".join(map(said, answers))] == ["one", "last"]
    assert len(stage.ours_in(channel, question.ts)) == 2


async def test_messages_that_arrive_during_a_turn_become_one_next_turn(stage):
    channel = stage.channel()
    stage.sandbox.providers.speed = 40
    question = await stage.mention("ana", channel, "write 60 words about cameras")
    await stage.sandbox.wait_for(lambda: stage.ours_in(channel, question.ts))
    for text in ("say exactly: alpha", "say exactly: omega"):
        await stage.people.post("ana", channel, text, thread_ts=question.ts)
    await stage.answers(channel, question.ts, 2)
    turns = await stage.settled(channel)
    assert sorted(turn["state"] for turn in turns) == ["answered", "answered", "merged"]


async def test_a_thread_that_began_without_the_bot_is_read(stage):
    channel = stage.channel()
    root = await stage.people.post("ben", channel, "We shoot the interview in Lisbon on 4 May.")
    await stage.people.post("ana", channel, "The budget is 12,000 euros.", thread_ts=root.ts)
    await stage.mention("ana", channel, "In which city do we shoot the interview?", thread_ts=root.ts)
    assert "Lisbon" in said(await stage.answer(channel, root.ts))


async def test_a_thread_of_500_messages_is_read_and_answered(stage):
    channel = stage.channel()
    root = await stage.people.post("ben", channel, "The codeword of this thread is halibut.")
    for number in range(500):
        await stage.people.post("ben", channel, f"Note {number}: nothing to see.", thread_ts=root.ts)
    await stage.mention("ana", channel, "What is the codeword of this thread?", thread_ts=root.ts)
    assert "halibut" in said(await stage.answer(channel, root.ts, timeout=30))


async def test_quiet_in_a_thread_answers_only_mentions(stage):
    channel = stage.channel()
    question = await stage.mention("ana", channel, "say exactly: one")
    await stage.answer(channel, question.ts)
    await stage.mention("ana", channel, "quiet", thread_ts=question.ts)
    await stage.private("ana", "only when someone mentions me")
    await stage.people.post("ana", channel, "say exactly: unheard", thread_ts=question.ts)
    await stage.mention("ana", channel, "say exactly: heard", thread_ts=question.ts)
    answers = await stage.answers(channel, question.ts, 2)
    assert [text for text in ("one", "unheard", "heard") if f"{text}" in said(answers[-1]).split()] == [
        "heard"
    ]
    assert len(answers) == 2


async def test_files_of_the_thread_are_read(stage):
    channel = stage.channel()
    notes = await stage.people.upload("ana", "notes.txt", b"The narrator is called Esperanza.", "text/plain")
    bot = stage.workspace.bot.id
    question = await stage.people.post(
        "ana", channel, f"<@{bot}> What is the narrator called?", files=[notes]
    )
    assert "Esperanza" in said(await stage.answer(channel, question.ts))


async def test_a_file_that_cannot_be_read_is_said_below_the_answer(stage):
    channel = stage.channel()
    broken = await stage.people.upload("ana", "plan.pdf", b"%PDF-1.7 nothing more", "application/pdf")
    bot = stage.workspace.bot.id
    question = await stage.people.post("ana", channel, f"<@{bot}> say exactly: noted", files=[broken])
    assert "plan.pdf" in everything(await stage.answer(channel, question.ts))


async def test_two_threads_are_answered_at_the_same_time(stage):
    channel = stage.channel()
    stage.sandbox.providers.speed = 60
    first = await stage.mention("ana", channel, "write 100 words about light")
    await stage.sandbox.wait_for(lambda: stage.ours_in(channel, first.ts))
    second = await stage.mention("ben", channel, "say exactly: quick")
    await stage.answer(channel, second.ts)
    assert stage.ours_in(channel, first.ts)[0].streaming_state == "in_progress"
    await stage.answer(channel, first.ts)


async def test_every_attempt_is_a_row_with_its_cost(stage):
    channel = stage.channel()
    question = await stage.mention("ana", channel, "say exactly: counted")
    await stage.answer(channel, question.ts)
    await stage.settled(channel)
    (call,) = await stage.rows("SELECT * FROM ai_calls WHERE channel = $1", channel.id)
    assert (call["provider"], call["purpose"], call["outcome"]) == ("anthropic", "chat", "answered")
    assert call["tokens_in"] > 0
    assert call["tokens_out"] > 0
    assert call["cost"] > 0
    assert call["first_token_ms"] is not None


async def test_an_events_50_deliveries_at_once_make_one_answer(stage):
    channel = stage.channel()
    stage.sandbox.courier.duplicate_next(50)
    question = await stage.mention("ana", channel, "say exactly: single")
    await stage.answer(channel, question.ts)
    await stage.settled(channel)
    await asyncio.sleep(0)
    assert len(stage.ours_in(channel, question.ts)) == 1
