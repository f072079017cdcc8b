"""What people, providers and Slack get wrong: each has a clear reply, and nothing is lost."""

import pytest

from sandbox.providers.faults import Fault
from tests.e2e.stage import everything, said

pytestmark = pytest.mark.asyncio(loop_scope="session")


# -- people -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", ":tada: :rocket:", "?!"])
async def test_a_mention_without_a_question_gets_a_hint(stage, text):
    channel = stage.channel()
    await stage.mention("ana", channel, text)
    await stage.settled(channel)
    assert "there was no question in it" in everything(await stage.private("ana", "no question"))


async def test_40_000_characters_are_answered(stage):
    channel = stage.channel()
    filler = "The shelf holds lamps and cables. " * 1_150
    question = await stage.mention(
        "ana", channel, f"{filler} The password is marzipan. What is the password?"[:39_900]
    )
    assert said(await stage.answer(channel, question.ts))


async def test_a_question_edited_while_it_waits_is_asked_as_it_now_stands(stage):
    channel = stage.channel()
    stage.sandbox.providers.speed = 40
    first = await stage.mention("ana", channel, "write 60 words about tripods")
    await stage.sandbox.wait_for(lambda: stage.ours_in(channel, first.ts))
    second = await stage.people.post("ana", channel, "say exactly: before", thread_ts=first.ts)
    await stage.people.edit("ana", second, "say exactly: after")
    answers = await stage.answers(channel, first.ts, 2)
    assert "after" in said(answers[1])


async def test_a_question_edited_after_its_answer_is_offered_again(stage):
    channel = stage.channel()
    question = await stage.mention("ana", channel, "say exactly: before")
    await stage.answer(channel, question.ts)
    await stage.settled(channel)
    bot = stage.workspace.bot.id
    await stage.people.edit("ana", question, f"<@{bot}> say exactly: after")
    offer = await stage.private("ana", "changed your question")
    await stage.people.press("ana", "chat.again", offer)
    assert "after" in said((await stage.answers(channel, question.ts, 2))[1])


async def test_a_question_deleted_while_it_is_answered_stops_its_answer(stage):
    channel = stage.channel()
    stage.sandbox.providers.speed = 30
    root = await stage.people.post("ben", channel, "A thread.")
    question = await stage.mention("ana", channel, "write 500 words about fog", thread_ts=root.ts)
    await stage.sandbox.wait_for(lambda: any(said(m) for m in stage.ours_in(channel, root.ts)))
    await stage.people.delete("ana", question)
    (turn,) = await stage.settled(channel)
    assert turn["state"] == "partial"


async def test_a_guest_is_told_that_guests_are_not_answered(stage):
    channel = stage.channel("gil")
    await stage.mention("gil", channel, "say exactly: let me in")
    assert "Guests" in everything(await stage.private("gil", "Guests"))
    assert not await stage.rows("SELECT 1 FROM ai_calls WHERE channel = $1", channel.id)


async def test_another_bots_mention_is_answered_once_and_then_met_with_silence(stage):
    channel = stage.channel()
    bot = stage.workspace.bot.id
    root = await stage.people.other_bot_posts(channel, f"<@{bot}> say exactly: hello bot")
    await stage.answer(channel, root.ts)
    for _ in range(5):
        await stage.people.other_bot_posts(channel, f"<@{bot}> and again", thread_ts=root.ts)
    await stage.settled(channel)
    assert len(stage.ours_in(channel, root.ts)) == 1


async def test_the_models_broadcasts_and_mentions_are_made_harmless(stage):
    channel = stage.channel()
    question = await stage.mention("ana", channel, "say exactly: <!channel> <!here> <@U0SANDBEN1> @everyone")
    shown = said(await stage.answer(channel, question.ts))
    assert not any(live in shown for live in ("<!channel", "<!here", "<@U0SANDBEN1>"))


async def test_a_long_answer_arrives_whole(stage):
    channel = stage.channel()
    question = await stage.mention("ana", channel, "write 3500 words about light")
    await stage.settled(channel, timeout=30)
    query = "SELECT m.text FROM messages m JOIN turns t ON t.id = m.turn_id WHERE t.channel = $1 AND m.author = 'us'"
    stored = await stage.rows(query, channel.id)
    shown = "".join(said(message) for message in stage.ours_in(channel, question.ts))
    assert len(stage.ours_in(channel, question.ts)) > 1
    assert words(shown) == words(stored[0]["text"])


def words(text):
    return [word for word in text.split() if word.isalpha()]


# -- providers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [Fault("status", 529), Fault("status", 429, retry_after=30), Fault("status", 500), Fault("refuse")],
)
async def test_the_other_provider_answers_when_the_first_is_down(stage, fault):
    channel = stage.channel()
    stage.sandbox.providers.faults.push("anthropic", fault)
    question = await stage.mention("ana", channel, "say exactly: still here")
    answer = await stage.answer(channel, question.ts)
    assert "still here" in said(answer)
    await stage.settled(channel)
    calls = await stage.rows(
        "SELECT provider, outcome FROM ai_calls WHERE channel = $1 ORDER BY started_at", channel.id
    )
    assert [tuple(call.values()) for call in calls] in (
        [("anthropic", "failed"), ("openai", "answered")],
        [("openai", "answered")],  # the breaker had put the failing provider last
    )


async def test_both_providers_down_says_so_keeps_the_question_and_offers_to_try_again(stage):
    channel = stage.channel()
    for provider in ("anthropic", "openai"):
        stage.sandbox.providers.faults.push(provider, Fault("status", 529))
    question = await stage.mention("ana", channel, "say exactly: second try")
    told = await stage.sandbox.wait_for(lambda: next(iter(stage.ours_in(channel, question.ts)), None))
    assert "None of the AI models answered" in everything(told)
    await stage.settled(channel)
    await stage.people.press("ana", "chat.retry", told)
    await stage.sandbox.wait_for(
        lambda: "second try" in " ".join(map(said, stage.ours_in(channel, question.ts)))
    )


async def test_a_model_that_breaks_off_keeps_what_came_and_offers_to_go_on(stage):
    channel = stage.channel()
    for provider in ("anthropic", "openai"):
        stage.sandbox.providers.faults.push(provider, Fault("cut", at=12))
    question = await stage.mention("ana", channel, "write 200 words about rain")
    answer = await stage.answer(channel, question.ts)
    stage.sandbox.providers.faults.clear()
    assert said(answer)
    assert "chat.continue" in str(answer.blocks)
    await stage.settled(channel)
    await stage.people.press("ana", "chat.continue", answer)
    await stage.answers(channel, question.ts, 2)
    assert [turn["state"] for turn in await stage.settled(channel)] == ["partial", "answered"]


# -- Slack --------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["chat.startStream", "chat.appendStream", "chat.stopStream"])
async def test_a_rate_limit_of_slacks_is_waited_out(stage, method):
    channel = stage.channel()
    stage.sandbox.faults.rate_limit(method, retry_after=1)
    question = await stage.mention("ana", channel, "say exactly: patience")
    answer = await stage.answer(channel, question.ts)
    assert "patience" in said(answer)
    assert len(stage.ours_in(channel, question.ts)) == 1


@pytest.mark.parametrize("method", ["chat.startStream", "chat.stopStream"])
async def test_a_response_lost_after_slack_accepted_shows_the_answer_once(stage, method):
    channel = stage.channel()
    stage.sandbox.faults.cut(method)
    question = await stage.mention("ana", channel, "say exactly: only one")
    await stage.settled(channel)
    shown = " ".join(map(said, stage.ours_in(channel, question.ts)))
    assert shown.count("only one") == 1


async def test_setting_a_status_may_fail_without_a_word(stage):
    channel = stage.channel()
    stage.sandbox.faults.answer("agents.sessions.setStatus", "unknown_method", times=3)
    question = await stage.mention("ana", channel, "say exactly: anyway")
    assert "anyway" in said(await stage.answer(channel, question.ts))
