"""Posts that belong to no turn: once, up to date, whatever is lost on the way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from handlers.sender.bulletins import Bulletins
from handlers.sender.gate import SlackRefused
from sandbox.state import Channel
from sandbox.state import Message as Seen
from services.entities.conversations import Place
from services.entities.people import Actor
from services.errors import LostClaim, SlackUnavailable
from tests.handlers.sender.conftest import Stage

WORDS = [{"type": "section", "text": {"type": "mrkdwn", "text": "Spending is high."}}]
CHANGED = [{"type": "section", "text": {"type": "mrkdwn", "text": "All is well again."}}]


@pytest.fixture
def bulletin() -> UUID:
    return uuid7()


def bulletins(stage: Stage) -> Bulletins:
    """As a process that has just started: it remembers nothing."""
    return Bulletins(stage.calls, stage.directory(), stage.uow, stage.clock)


def channel_of(stage: Stage) -> Channel:
    return stage.sandbox.workspace.channel(stage.claim.conversation.channel)


def place_of(stage: Stage, channel: Channel | None = None) -> Place:
    return Place(stage.claim.turn.team, (channel or channel_of(stage)).id)


def ours(stage: Stage, channel: Channel | None = None) -> list[Seen]:
    shown = (channel or channel_of(stage)).messages.values()
    return [seen for seen in shown if seen.sender is stage.sandbox.workspace.bot]


def words(seen: Seen) -> str:
    return str(seen.blocks[0]["text"]["text"]) if seen.blocks else ""


def ana(stage: Stage) -> Actor:
    return stage.claim.turn.actor


def direct_of(stage: Stage) -> Channel:
    return stage.sandbox.workspace.app_dm(stage.sandbox.workspace.user("ana"))


def forget_ts(stage: Stage, bulletin: UUID) -> None:
    """The process was killed between Slack's answer and its own note of it."""
    stage.memory.posts[bulletin] = replace(stage.memory.posts[bulletin], ts=None)


async def test_a_bulletin_is_meant_before_it_is_sent_and_its_ts_kept(stage: Stage, bulletin: UUID) -> None:
    ts = await bulletins(stage).show(bulletin, place_of(stage), "Spending", WORDS)
    [seen] = ours(stage)
    assert (seen.ts, words(seen), seen.text) == (ts, "Spending is high.", "Spending")
    assert stage.memory.posts[bulletin].ts == ts
    assert stage.memory.posts[bulletin].turn_id is None
    assert not stage.memory.held_posts


async def test_shown_again_it_is_the_same_message(stage: Stage, bulletin: UUID) -> None:
    first = await bulletins(stage).show(bulletin, place_of(stage), "Spending", WORDS)
    second = await bulletins(stage).show(bulletin, place_of(stage), "Spending", CHANGED)
    [seen] = ours(stage)
    assert first == second
    assert words(seen) == "All is well again."


@pytest.mark.parametrize("when", ["before", "after"])
async def test_one_whose_answer_was_lost_is_not_doubled(stage: Stage, bulletin: UUID, when: Any) -> None:
    stage.sandbox.faults.cut("chat.postMessage", when=when)
    ts = await bulletins(stage).show(bulletin, place_of(stage), "Spending", WORDS)
    assert [seen.ts for seen in ours(stage)] == [ts]


async def test_an_edit_whose_answer_was_lost_is_made(stage: Stage, bulletin: UUID) -> None:
    await bulletins(stage).show(bulletin, place_of(stage), "Spending", WORDS)
    stage.sandbox.faults.cut("chat.update", when="before")
    await bulletins(stage).show(bulletin, place_of(stage), "Spending", CHANGED)
    assert [words(seen) for seen in ours(stage)] == ["All is well again."]


async def test_after_a_crash_it_is_found_in_the_channel_of_the_time(stage: Stage, bulletin: UUID) -> None:
    await bulletins(stage).show(bulletin, place_of(stage), "Spending", WORDS)
    forget_ts(stage, bulletin)
    for number in range(230):
        await stage.sandbox.people.post("ben", channel_of(stage), f"chatter {number}")
    await bulletins(stage).show(bulletin, place_of(stage), "Spending", CHANGED)
    [seen] = ours(stage)
    assert words(seen) == "All is well again."
    assert stage.memory.posts[bulletin].ts == seen.ts


async def test_meant_but_never_sent_it_is_posted(stage: Stage, bulletin: UUID) -> None:
    stage.sandbox.faults.answer("chat.postMessage", "channel_not_found")
    with pytest.raises(SlackRefused):
        await bulletins(stage).show(bulletin, place_of(stage), "Spending", WORDS)
    await bulletins(stage).show(bulletin, place_of(stage), "Spending", WORDS)
    assert len(ours(stage)) == 1


async def test_what_could_not_be_shown_in_one_place_is_shown_in_another(stage: Stage, bulletin: UUID) -> None:
    closed = stage.sandbox.workspace.add_channel("closed", "public", ())
    with pytest.raises(SlackRefused):
        await bulletins(stage).show(bulletin, place_of(stage, closed), "Spending", WORDS)
    await bulletins(stage).show(bulletin, place_of(stage), "Spending", WORDS)
    assert (len(ours(stage)), len(ours(stage, closed))) == (1, 0)


async def test_once_shown_it_stays_where_it_is(stage: Stage, bulletin: UUID) -> None:
    other = stage.sandbox.workspace.add_channel("other", "public", (stage.sandbox.workspace.bot,))
    await bulletins(stage).show(bulletin, place_of(stage), "Spending", WORDS)
    await bulletins(stage).show(bulletin, place_of(stage, other), "Spending", CHANGED)
    assert [words(seen) for seen in ours(stage)] == ["All is well again."]
    assert ours(stage, other) == []


async def test_one_that_a_person_deleted_is_posted_anew_and_that_one_kept(
    stage: Stage, bulletin: UUID
) -> None:
    await bulletins(stage).show(bulletin, place_of(stage), "Spending", WORDS)
    stage.sandbox.workspace.messages.delete(ours(stage)[0])
    await bulletins(stage).show(bulletin, place_of(stage), "Spending", WORDS)
    await bulletins(stage).show(bulletin, place_of(stage), "Spending", CHANGED)
    assert [words(seen) for seen in ours(stage)] == ["All is well again."]


async def test_a_bulletin_may_stand_in_a_thread(stage: Stage, bulletin: UUID) -> None:
    await bulletins(stage).show(bulletin, stage.claim.conversation.place, "Spending", WORDS)
    forget_ts(stage, bulletin)
    await bulletins(stage).show(bulletin, stage.claim.conversation.place, "Spending", CHANGED)
    assert [words(seen) for seen in stage.replies()] == ["All is well again."]


# -- to a person ----------------------------------------------------------------------------------


@pytest.mark.parametrize("lost", [None, "before", "after", "record"])
async def test_a_person_gets_it_once_in_their_own_conversation(
    stage: Stage, bulletin: UUID, lost: Any
) -> None:
    if lost in {"before", "after"}:
        stage.sandbox.faults.cut("chat.postMessage", when=lost)
    await bulletins(stage).direct(bulletin, ana(stage), "Spending", WORDS)
    if lost == "record":
        forget_ts(stage, bulletin)
    await bulletins(stage).direct(bulletin, ana(stage), "Spending", CHANGED)
    assert [words(seen) for seen in ours(stage, direct_of(stage))] == ["All is well again."]


# -- several processes ----------------------------------------------------------------------------


async def test_two_processes_show_one_message(stage: Stage, bulletin: UUID) -> None:
    stage.sandbox.faults.delay("chat.postMessage", 0.1)
    shown = (bulletins(stage).show(bulletin, place_of(stage), "Spending", WORDS) for _ in range(4))
    stage.clock.held = True
    running = asyncio.gather(*shown)
    while not running.done():
        stage.clock.tick(1)
        await asyncio.sleep(0.01)
    assert len(set(await running)) == 1
    assert len(ours(stage)) == 1


async def test_while_another_process_shows_it_the_rest_wait(stage: Stage, bulletin: UUID) -> None:
    hold(stage, bulletin, timedelta(hours=1))
    with pytest.raises(SlackUnavailable, match="busy"):
        await bulletins(stage).show(bulletin, place_of(stage), "Spending", WORDS)
    assert ours(stage) == []


async def test_what_a_killed_process_held_is_taken_over(stage: Stage, bulletin: UUID) -> None:
    await bulletins(stage).show(bulletin, place_of(stage), "Spending", WORDS)
    forget_ts(stage, bulletin)
    hold(stage, bulletin, timedelta(seconds=-1))
    await bulletins(stage).show(bulletin, place_of(stage), "Spending", CHANGED)
    assert [words(seen) for seen in ours(stage)] == ["All is well again."]


@pytest.mark.parametrize("meanwhile", ["held", "held and released"])
async def test_who_was_away_too_long_leaves_it_to_the_next(
    stage: Stage, bulletin: UUID, meanwhile: str
) -> None:
    async def stalled() -> tuple[str, list[dict[str, Any]]]:
        hold(stage, bulletin, timedelta(hours=1))
        if meanwhile == "held and released":
            del stage.memory.held_posts[bulletin]
        return "Spending", WORDS

    with pytest.raises(LostClaim):
        await bulletins(stage).keep(bulletin, place_of(stage), stalled)
    assert ours(stage) == []


def hold(stage: Stage, bulletin: UUID, lasting: timedelta) -> None:
    stage.memory.held_posts[bulletin] = (uuid7(), stage.clock.now() + lasting)
