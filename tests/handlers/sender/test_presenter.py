"""What is said about a turn beside its answer: to the right people, once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sandbox.state import Message as Seen
from services.entities.conversations import Place
from services.entities.turns import Source
from services.errors import AllModelsFailed, EmptyQuestion, ModelUnavailable, SlackUnavailable
from tests import factories as make
from tests.fakes.sources import Everything
from tests.handlers.sender.conftest import NOTES, Stage, blocks_of

DOWN = AllModelsFailed((ModelUnavailable("anthropic", "overloaded"),))


def told(seen: Seen) -> str:
    return "\n".join(block["text"]["text"] for block in blocks_of(seen, "section"))


def buttons(seen: Seen) -> list[tuple[str, str]]:
    return [
        (one["action_id"], one["value"]) for block in blocks_of(seen, "actions") for one in block["elements"]
    ]


def whispered(stage: Stage, who: str = "ana") -> list[Seen]:
    return stage.sandbox.workspace.ephemerals(stage.sandbox.workspace.user(who))


def unplaced(stage: Stage) -> Stage:
    """The turn of `/ask`: its question stands nowhere yet."""
    conversation = replace(stage.claim.conversation, thread_ts=None)
    question = replace(stage.claim.questions[0], ts=None, text="How *long*, <!here>?")
    turn = replace(stage.claim.turn, source=Source.ASK)
    stage.claim = replace(stage.claim, conversation=conversation, questions=(question,), turn=turn)
    return stage


def top_level(stage: Stage) -> list[Seen]:
    channel = stage.sandbox.workspace.channel(stage.claim.conversation.channel)
    return [
        seen
        for seen in channel.messages.values()
        if not seen.is_reply and seen.sender is stage.sandbox.workspace.bot
    ]


async def test_a_failure_says_what_happened_and_offers_to_retry(stage: Stage) -> None:
    await stage.presenter().failed(stage.claim, DOWN, "a1b2c3")
    [seen] = stage.replies()
    assert told(seen)
    assert "a1b2c3" in blocks_of(seen, "context")[0]["elements"][0]["text"]
    assert buttons(seen) == [("chat.retry", str(stage.claim.turn.id))]


async def test_a_permanent_failure_offers_no_retry(stage: Stage) -> None:
    await stage.presenter().failed(stage.claim, EmptyQuestion(), "a1b2c3")
    assert buttons(stage.replies()[0]) == []


async def test_a_turn_has_one_notice_kept_up_to_date(stage: Stage) -> None:
    await stage.presenter().uncertain(stage.claim, [])
    await stage.presenter().failed(stage.claim, DOWN, "first1")
    await stage.presenter().failed(stage.resumed, DOWN, "second")
    [seen] = stage.replies()
    assert "second" in blocks_of(seen, "context")[0]["elements"][0]["text"]


@pytest.mark.parametrize("when", ["after", "before"])
async def test_a_notice_whose_answer_was_lost_is_not_doubled(stage: Stage, when: Any) -> None:
    stage.sandbox.faults.cut("chat.postMessage", when=when)
    await stage.presenter().failed(stage.claim, DOWN, "a1b2c3")
    assert len(stage.replies()) == 1


async def test_a_notice_that_a_crash_left_unrecorded_is_found(stage: Stage) -> None:
    await stage.presenter().failed(stage.claim, DOWN, "a1b2c3")
    [post] = stage.posts
    stage.memory.posts[post.id] = replace(post, ts=None, sealed=False)
    await stage.presenter().failed(stage.resumed, DOWN, "d4e5f6")
    assert len(stage.replies()) == 1


async def test_an_uncertain_turn_is_for_the_person_to_decide(stage: Stage) -> None:
    call = make.call(model="claude-sonnet-5-5", actor=stage.claim.turn.actor)
    await stage.presenter().uncertain(stage.resumed, [call])
    [seen] = stage.replies()
    assert "may have been paid for" in told(seen)
    assert "claude-sonnet-5-5" in told(seen)
    turn = str(stage.claim.turn.id)
    assert buttons(seen) == [("chat.ask_again", turn), ("chat.let_be", turn)]


async def test_a_notice_is_no_part_of_the_answer(stage: Stage) -> None:
    await stage.presenter().uncertain(stage.claim, [])
    await stage.presenter().deliver(stage.claim, "Ninety seconds.", NOTES, Everything())
    assert stage.texts()[1] == "Ninety seconds."
    assert buttons(stage.replies()[0])


# -- to one person --------------------------------------------------------------------------------


async def test_a_refusal_is_told_to_the_asker_alone(stage: Stage) -> None:
    await stage.presenter().refused(stage.claim, EmptyQuestion())
    [seen] = whispered(stage)
    assert told(seen)
    assert seen.thread_ts is None, "nobody has a thread open that has no answer yet"
    assert stage.replies() == []
    assert whispered(stage, "ben") == []


@pytest.mark.parametrize("when", [None, "after"])
async def test_a_refusal_is_told_once(stage: Stage, when: Any) -> None:
    if when:
        stage.sandbox.faults.cut("chat.postEphemeral", when=when)
    for claim in (stage.claim, stage.resumed):
        await stage.presenter().refused(claim, EmptyQuestion())
    assert len(whispered(stage)) == 1


async def test_in_a_direct_message_a_refusal_stays(stage: Stage) -> None:
    stage.claim = replace(stage.claim, conversation=replace(stage.claim.conversation, channel_kind="im"))
    await stage.presenter().refused(stage.claim, EmptyQuestion())
    assert len(stage.replies()) == 1
    assert whispered(stage) == []


async def test_a_changed_question_may_be_answered_again(stage: Stage) -> None:
    await stage.presenter().offer_again(stage.claim.turn, stage.claim.conversation.place, "edited")
    assert buttons(whispered(stage)[0]) == [("chat.again", f"{stage.claim.turn.id}|")]


# -- questions of commands ------------------------------------------------------------------------


async def test_the_question_of_a_command_is_posted_with_its_asker(stage: Stage) -> None:
    stage = unplaced(stage)
    thread_ts, ts = await stage.presenter().question(stage.claim)
    [seen] = top_level(stage)
    assert thread_ts == ts == seen.ts
    assert told(seen) == f"<@{stage.claim.turn.user}> asked:\n>How *long*, &lt;!here&gt;?"


@pytest.mark.parametrize("lost", ["answer", "record"])
async def test_the_question_is_posted_once(stage: Stage, lost: str) -> None:
    stage = unplaced(stage)
    if lost == "answer":
        stage.sandbox.faults.cut("chat.postMessage", when="after")
    first = await stage.presenter().question(stage.claim)
    if lost == "record":
        [post] = stage.posts
        stage.memory.posts[post.id] = replace(post, ts=None)
    assert await stage.presenter().question(stage.resumed) == first
    assert len(top_level(stage)) == 1


async def test_the_question_of_a_shortcut_stands_in_the_thread_it_is_about(stage: Stage) -> None:
    thread_ts, ts = await stage.presenter().question(stage.claim)
    assert thread_ts == stage.claim.conversation.thread_ts
    assert [seen.ts for seen in stage.replies()] == [ts]


# -- the working row ------------------------------------------------------------------------------


def session_of(stage: Stage) -> Any:
    place = stage.claim.conversation.place
    return stage.sandbox.workspace.sessions.get((place.channel, place.thread_ts))


async def test_working_shows_a_session_named_by_the_first_question(stage: Stage) -> None:
    await stage.presenter().working(stage.claim)
    assert session_of(stage).status == "processing"
    assert "How long should the film be?" in session_of(stage).title


async def test_an_answer_ends_the_session(stage: Stage) -> None:
    presenter = stage.presenter()
    await presenter.working(stage.claim)
    answer = await presenter.answer(stage.claim, Everything())
    await answer.write("Ninety seconds.")
    await stage.sandbox.wait_for(lambda: answer._pump.done())
    await answer.finish(NOTES)
    assert session_of(stage).status == "active"
    assert len(stage.made("agents.sessions.setStatus")) == 1


async def test_a_posted_answer_ends_the_session_too(stage: Stage) -> None:
    await stage.presenter().working(stage.claim)
    await stage.presenter().deliver(stage.claim, "Ninety seconds.", NOTES, Everything())
    assert session_of(stage).status == "active"


async def test_without_sessions_the_older_status_is_shown(stage: Stage) -> None:
    stage.sandbox.faults.answer("agents.sessions.setStatus", "unknown_method", times=None)
    presenter = stage.presenter()
    await presenter.working(stage.claim)
    await presenter.idle(stage.claim.conversation.place)
    assert len(stage.made("agents.sessions.setStatus")) == 1
    assert len(stage.made("assistant.threads.setStatus")) == 2


async def test_without_either_nothing_is_shown_and_nothing_raised(stage: Stage) -> None:
    stage.sandbox.faults.answer("*", "not_allowed_for_app", times=2)
    await stage.presenter().working(stage.claim)


async def test_the_status_never_raises(stage: Stage) -> None:
    stage.sandbox.faults.server_error("*", times=None)
    await stage.presenter().working(stage.claim)
    await stage.presenter().idle(Place("T1", "C1"))


# -- where we may not speak -----------------------------------------------------------------------


async def test_what_cannot_be_said_is_raised(stage: Stage) -> None:
    stage.sandbox.faults.answer("chat.postMessage", "restricted_action")
    with pytest.raises(SlackUnavailable, match="restricted_action"):
        await stage.presenter().failed(stage.claim, DOWN, "a1b2c3")


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.postEphemeral"])
async def test_where_we_are_no_member_the_person_hears_it_in_private(stage: Stage, method: str) -> None:
    stage.sandbox.faults.answer(method, "not_in_channel")
    if method == "chat.postMessage":
        await stage.presenter().failed(stage.claim, DOWN, "a1b2c3")
    else:
        await stage.presenter().refused(stage.claim, EmptyQuestion())
    assert stage.replies() == []
    assert stage.sandbox.calls("chat.postMessage")[-1].args["channel"] == stage.claim.turn.user
