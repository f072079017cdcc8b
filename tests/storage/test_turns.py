"""Turns: found by their messages, moved on, stopped, counted."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from services.entities.turns import Feedback, TurnState
from services.ports.work import UnitOfWorkFactory
from tests.factories import (
    ANNA,
    BEN,
    NOON,
    after,
    anna,
    answer,
    from_bot,
    mention,
    next_ts,
    post,
    reply,
    thread_of,
)
from tests.storage.acts import LEASE, asked, claim, claimed, conversation_of, hear, set_turn, state_of

ENDS = [
    state for state in TurnState if state not in (TurnState.RUNNING, TurnState.DELIVERING, TurnState.WAITING)
]


async def test_an_unknown_turn_is_none(stores: UnitOfWorkFactory):
    async with stores() as uow:
        assert await uow.chat.turn(UUID(int=0)) is None


@pytest.mark.parametrize("end", ENDS)
async def test_a_state_that_ends_a_turn_ends_its_lease(stores: UnitOfWorkFactory, end: TurnState):
    work = await claimed(stores, mention())

    await set_turn(stores, work.turn.id, end)

    async with stores() as uow:
        assert list(await uow.chat.overdue(NOON + 2 * LEASE, waiting_since=NOON)) == []


@pytest.mark.parametrize("state", [TurnState.UNCERTAIN, TurnState.FAILED, TurnState.PARTIAL])
async def test_the_person_can_have_a_turn_wait_again(stores: UnitOfWorkFactory, state: TurnState):
    work = await claimed(stores, mention(text="One?"))
    await set_turn(stores, work.turn.id, state)

    async with stores() as uow:
        await uow.chat.wait_again(work.turn.id)
        await uow.commit()

    resumed = await claim(stores, work.conversation.id)
    assert resumed is not None
    assert resumed.turn.id == work.turn.id
    assert not resumed.resumed
    assert not resumed.turn.stop_requested


@pytest.mark.parametrize("state", [TurnState.RUNNING, TurnState.ANSWERED, TurnState.CANCELLED])
async def test_another_turn_does_not_wait_again(stores: UnitOfWorkFactory, state: TurnState):
    work = await claimed(stores, mention())
    await set_turn(stores, work.turn.id, state)

    async with stores() as uow:
        await uow.chat.wait_again(work.turn.id)
        await uow.commit()

    assert await state_of(stores, work.turn.id) is state


@pytest.mark.parametrize("part", [0, 1])
async def test_a_turn_is_found_by_any_part_of_its_answer(stores: UnitOfWorkFactory, part: int):
    work = await claimed(stores, mention())
    parts = [post(work.turn.id, part=0, kind="stream"), post(work.turn.id, part=1)]
    stamps = [next_ts(), next_ts()]
    async with stores() as uow:
        for one, ts in zip(parts, stamps, strict=True):
            await uow.posts.intend(one)
            await uow.posts.sent(one.id, ts)
        await uow.commit()

    async with stores() as uow:
        found = await uow.chat.turn_of_answer(work.turn.team, work.turn.channel, stamps[part])
    assert found == work.turn


async def test_a_turn_is_found_by_the_ts_stored_with_its_answer(stores: UnitOfWorkFactory):
    work = await claimed(stores, mention())
    ts = next_ts()
    async with stores() as uow:
        await uow.chat.add_answer(answer(work.turn.id, work.conversation.id, ts=ts))
        await uow.commit()

    async with stores() as uow:
        assert await uow.chat.turn_of_answer(work.turn.team, work.turn.channel, ts) == work.turn
        assert await uow.chat.turn_of_question(work.turn.team, work.turn.channel, ts) is None


async def test_a_question_is_no_answer(stores: UnitOfWorkFactory):
    said = mention()
    turn = await asked(stores, said)

    async with stores() as uow:
        assert await uow.chat.turn_of_answer(said.team, said.channel, said.key) is None
        assert await uow.chat.turn_of_question(said.team, said.channel, said.key) == turn


async def test_the_turn_of_a_merged_question_is_the_one_that_answers_it(stores: UnitOfWorkFactory):
    said = mention()
    more = reply(said)
    await hear(stores, said, more)
    work = await claim(stores, (await conversation_of(stores, said)).id)
    assert work is not None

    async with stores() as uow:
        assert await uow.chat.turn_of_question(more.team, more.channel, more.key) == work.turn


async def test_stop_reaches_what_runs_and_cancels_what_waits(stores: UnitOfWorkFactory):
    said = mention()
    work = await claimed(stores, said)
    waiting = await asked(stores, reply(said))
    elsewhere = await asked(stores, mention())

    async with stores() as uow:
        stopped = await uow.chat.request_stop(thread_of(said))
        await uow.commit()

    assert {(turn.id, turn.state) for turn in stopped} == {
        (work.turn.id, TurnState.RUNNING),
        (waiting.id, TurnState.CANCELLED),
    }
    assert all(turn.stop_requested for turn in stopped)
    assert await state_of(stores, elsewhere.id) is TurnState.WAITING


async def test_stop_can_be_meant_for_one_person(stores: UnitOfWorkFactory):
    said = mention(user=ANNA)
    work = await claimed(stores, said)
    waiting = await asked(stores, reply(said, user=BEN))

    async with stores() as uow:
        stopped = await uow.chat.request_stop(thread_of(said), user=BEN)
        await uow.commit()

    assert [turn.id for turn in stopped] == [waiting.id]
    async with stores() as uow:
        assert await uow.chat.turn(work.turn.id) == work.turn


async def test_stop_in_an_unknown_thread_affects_nothing(stores: UnitOfWorkFactory):
    async with stores() as uow:
        assert list(await uow.chat.request_stop(thread_of(mention()))) == []


async def test_one_waiting_turn_is_cancelled(stores: UnitOfWorkFactory):
    turn = await asked(stores, mention())

    async with stores() as uow:
        await uow.chat.stop_turn(turn.id)
        await uow.commit()

    assert await state_of(stores, turn.id) is TurnState.CANCELLED


async def test_an_ended_turn_cannot_be_stopped(stores: UnitOfWorkFactory):
    work = await claimed(stores, mention())
    await set_turn(stores, work.turn.id, TurnState.ANSWERED)

    async with stores() as uow:
        await uow.chat.stop_turn(work.turn.id)
        turn = await uow.chat.turn(work.turn.id)

    assert turn == replace(work.turn, state=TurnState.ANSWERED)


async def test_answers_are_counted_from_when_they_began(stores: UnitOfWorkFactory):
    said = mention()
    for seconds in (0, 10, 20):
        turn = await asked(stores, reply(said))
        await claim(stores, turn.conversation_id, now=after(seconds))
        await set_turn(stores, turn.id, TurnState.ANSWERED)

    async with stores() as uow:
        assert await uow.chat.answers_since(turn.conversation_id, after(10)) == 2
        assert await uow.chat.answers_since(turn.conversation_id, after(21)) == 0


async def test_the_running_turn_counts_as_an_answer(stores: UnitOfWorkFactory):
    work = await claimed(stores, mention())

    async with stores() as uow:
        assert await uow.chat.answers_since(work.conversation.id, NOON) == 1


@pytest.mark.parametrize("state", [TurnState.REFUSED, TurnState.WAITING])
async def test_a_turn_that_asked_no_model_is_no_answer(stores: UnitOfWorkFactory, state: TurnState):
    work = await claimed(stores, mention())
    await set_turn(stores, work.turn.id, state)

    async with stores() as uow:
        assert await uow.chat.answers_since(work.conversation.id, NOON) == 0


@pytest.mark.parametrize("seen", [TurnState.ANSWERED, TurnState.FAILED])
async def test_a_bot_has_had_its_answer_until_a_person_speaks(stores: UnitOfWorkFactory, seen: TurnState):
    said = mention()
    await set_turn(stores, (await claimed(stores, said)).turn.id, TurnState.ANSWERED)
    bot = await asked(stores, from_bot(thread_ts=said.key))
    async with stores() as uow:
        assert not await uow.chat.bot_answered_since_person(bot.conversation_id)

    await set_turn(stores, bot.id, seen)
    async with stores() as uow:
        assert await uow.chat.bot_answered_since_person(bot.conversation_id)

    await hear(stores, reply(said), answer=False)
    async with stores() as uow:
        assert not await uow.chat.bot_answered_since_person(bot.conversation_id)


async def test_a_bot_in_a_thread_without_people_has_one_answer(stores: UnitOfWorkFactory):
    work = await claimed(stores, from_bot())
    async with stores() as uow:
        assert not await uow.chat.bot_answered_since_person(work.conversation.id)

    await set_turn(stores, work.turn.id, TurnState.ANSWERED)

    async with stores() as uow:
        assert await uow.chat.bot_answered_since_person(work.conversation.id)


async def test_feedback_can_be_changed(stores: UnitOfWorkFactory):
    work = await claimed(stores, mention())

    async with stores() as uow:
        await uow.chat.give_feedback(Feedback(work.turn.id, anna(), good=True, at=NOON))
        await uow.chat.give_feedback(Feedback(work.turn.id, anna(), good=False, at=after(1)))
        await uow.commit()
