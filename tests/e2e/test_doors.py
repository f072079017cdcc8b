"""Every way of asking that is not a message: commands, forms, shortcuts, Home, buttons."""

import pytest

from tests.e2e.stage import everything, said

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_ask_posts_the_question_and_answers_below_it(stage):
    channel = stage.channel()
    outcome = await stage.people.command("ana", channel, "/ask", "say exactly: from a command")
    assert outcome.ok
    root = await stage.sandbox.wait_for(lambda: next(iter(channel.top), None))
    assert "say exactly: from a command" in everything(root)
    await stage.sandbox.wait_for(lambda: "from a command" in " ".join(map(said, root.replies)))


async def test_ask_without_a_question_opens_a_form(stage):
    channel = stage.channel()
    await stage.people.command("ana", channel, "/ask")
    await stage.sandbox.wait_for(lambda: stage.people.view("ana"))
    outcome = await stage.people.submit(
        "ana", {"question": "say exactly: from a form", "channel": channel.id}
    )
    assert outcome.ok
    root = await stage.sandbox.wait_for(lambda: next(iter(channel.top), None))
    await stage.sandbox.wait_for(lambda: "from a form" in " ".join(map(said, root.replies)))


async def test_ask_where_the_bot_is_not_a_member_says_how_to_invite_it(stage):
    channel = stage.channel(bot=False)
    await stage.people.command("ana", channel, "/ask", "anyone there?")
    assert "/invite" in everything(await stage.private("ana", "can't write in that channel"))


async def test_ask_about_this_answers_in_the_messages_thread(stage):
    channel = stage.channel()
    message = await stage.people.post("ben", channel, "The drone is a Mavic 3.")
    await stage.people.shortcut("ana", "chat.about", message)
    await stage.sandbox.wait_for(lambda: stage.people.view("ana"))
    await stage.people.submit("ana", {"question": "Which drone is it?"})
    await stage.sandbox.wait_for(
        lambda: "Mavic" in " ".join(map(said, stage.ours_in(channel, message.ts)[1:]))
    )


async def test_an_empty_form_is_sent_back(stage):
    channel = stage.channel()
    await stage.people.command("ana", channel, "/ask")
    await stage.sandbox.wait_for(lambda: stage.people.view("ana"))
    outcome = await stage.people.submit("ana", {"question": "   ", "channel": channel.id})
    assert "question" in outcome.errors
    await stage.people.close_view("ana", everything=True)


async def test_help_comes_to_the_person_alone(stage):
    channel = stage.channel()
    await stage.people.command("ana", channel, "/showrunner", "help")
    assert "/ask" in everything(await stage.private("ana", "What Showrunner can do"))
    assert not channel.top


async def test_help_by_mention_does_the_same(stage):
    channel = stage.channel()
    await stage.mention("ben", channel, "help")
    assert "/ask" in everything(await stage.private("ben", "What Showrunner can do"))


async def test_a_sentence_that_begins_with_a_command_word_is_a_question(stage):
    channel = stage.channel()
    question = await stage.mention("ana", channel, "help me: say exactly: of course")
    assert "of course" in said(await stage.answer(channel, question.ts))


async def test_an_unknown_word_gets_the_nearest_right_one(stage):
    channel = stage.channel()
    await stage.people.command("ana", channel, "/showrunner", "setings")
    assert "settings" in everything(await stage.private("ana", "Did you mean"))


async def test_home_shows_usage_and_the_latest_questions(stage):
    channel = stage.channel("mia")
    question = await stage.mention("mia", channel, "say exactly: for my home")
    await stage.answer(channel, question.ts)
    await stage.settled(channel)
    await stage.people.open_home("mia")
    mia = stage.workspace.user("mia").id

    def home():
        view = stage.workspace.homes.get(mia)
        return view and "for my home" in str(view.content) and view

    view = await stage.sandbox.wait_for(home)
    assert "of 500,000 tokens" in str(view.content)


async def test_a_model_chosen_at_home_answers(stage):
    await stage.people.open_home("mia")
    mia = stage.workspace.user("mia").id
    home = await stage.sandbox.wait_for(lambda: stage.workspace.homes.get(mia))
    await stage.people.press("mia", "home.model", home, "gpt-6.1-sol")
    channel = stage.channel("mia")
    question = await stage.mention("mia", channel, "say exactly: other model")
    await stage.answer(channel, question.ts)
    await stage.settled(channel)
    calls = await stage.rows("SELECT model FROM ai_calls WHERE channel = $1", channel.id)
    assert [call["model"] for call in calls] == ["gpt-6.1-sol"]
    await stage.people.press("mia", "home.model", home, "desk")


async def test_the_messages_tab_suggests_prompts(stage):
    await stage.people.open_home("ben", "messages")
    await stage.sandbox.wait_for(lambda: stage.sandbox.calls("assistant.threads.setSuggestedPrompts"))


async def test_settings_by_mention_offer_a_button_that_opens_the_form(stage):
    channel = stage.channel()
    await stage.mention("ben", channel, "settings")
    offer = await stage.private("ben", "settings.open")
    await stage.people.press("ben", "settings.open", offer)
    view = await stage.sandbox.wait_for(lambda: stage.people.view("ben"))
    assert "Model that answers you" in str(view.content)
    await stage.people.close_view("ben", everything=True)


async def test_feedback_is_recorded(stage):
    channel = stage.channel()
    question = await stage.mention("ana", channel, "say exactly: rate me")
    answer = await stage.answer(channel, question.ts)
    await stage.people.press("ana", "chat.feedback", answer, "positive")
    await stage.settled(channel)
    query = "SELECT good FROM feedback JOIN turns ON turns.id = feedback.turn_id WHERE turns.channel = $1"
    assert await stage.rows(query, channel.id) == [{"good": True}]


async def test_answer_again_asks_another_model(stage):
    channel = stage.channel()
    question = await stage.mention("ana", channel, "say exactly: once more")
    answer = await stage.answer(channel, question.ts)
    (turn,) = await stage.settled(channel)
    await stage.people.press("ana", "chat.again", answer, f"{turn['id']}|gpt-6.1-sol")
    _, again = await stage.answers(channel, question.ts, 2)
    assert "once more" in said(again)
    await stage.settled(channel)
    calls = await stage.rows("SELECT model FROM ai_calls WHERE channel = $1 ORDER BY started_at", channel.id)
    assert [call["model"] for call in calls] == ["claude-sonnet-5-5", "gpt-6.1-sol"]


async def test_stop_keeps_what_came_and_ends_the_call(stage):
    channel = stage.channel()
    stage.sandbox.providers.speed = 30
    question = await stage.mention("ana", channel, "write 500 words about lenses")
    await stage.sandbox.wait_for(lambda: any(said(m) for m in stage.ours_in(channel, question.ts)))
    await stage.people.stop("ana", channel, question.ts)
    (turn,) = await stage.settled(channel)
    assert turn["state"] == "partial"
    (call,) = await stage.rows("SELECT * FROM ai_calls WHERE channel = $1", channel.id)
    assert call["outcome"] == "stopped"
    await stage.sandbox.wait_for(
        lambda: stage.ours_in(channel, question.ts)[0].streaming_state != "in_progress"
    )
