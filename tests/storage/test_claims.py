"""One worker for one turn, one running turn for one conversation."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from services.entities.turns import TurnState
from services.ports.work import UnitOfWorkFactory
from tests.factories import (
    BEN,
    NOON,
    after,
    again,
    answer,
    ask,
    direct,
    from_bot,
    mention,
    reply,
)
from tests.storage.acts import LEASE, asked, claim, claimed, hear, set_turn, state_of


async def test_the_oldest_waiting_turn_is_taken(stores: UnitOfWorkFactory):
    said = mention(text="First?")
    turn = await asked(stores, said)

    work = await claim(stores, turn.conversation_id)

    assert work is not None
    assert (work.turn.id, work.turn.state, work.turn.attempts) == (turn.id, TurnState.RUNNING, 1)
    assert work.conversation.id == turn.conversation_id
    assert [message.text for message in work.questions] == ["First?"]
    assert not work.resumed


async def test_nothing_waits_nothing_is_taken(stores: UnitOfWorkFactory):
    said = mention()
    await hear(stores, said, answer=False)
    turn = await asked(stores, said)
    await set_turn(stores, turn.id, TurnState.CANCELLED)

    assert await claim(stores, turn.conversation_id) is None
    assert await claim(stores, UUID(int=0)) is None


async def test_a_running_turn_keeps_the_next_one_waiting(stores: UnitOfWorkFactory):
    said = mention()
    work = await claimed(stores, said)
    await hear(stores, reply(said))

    assert await claim(stores, work.conversation.id, worker="w2") is None

    await set_turn(stores, work.turn.id, TurnState.ANSWERED)
    assert await claim(stores, work.conversation.id, worker="w2") is not None


async def test_what_arrived_during_a_turn_becomes_one_next_turn(stores: UnitOfWorkFactory):
    said = mention()
    work = await claimed(stores, said)
    second = await asked(stores, reply(said, text="And she?"))
    third = await asked(stores, reply(said, text="And he?", user=BEN))
    await set_turn(stores, work.turn.id, TurnState.ANSWERED)

    work = await claim(stores, work.conversation.id)

    assert work is not None
    assert work.turn.id == second.id
    assert [message.text for message in work.questions] == ["And she?", "And he?"]
    assert await state_of(stores, third.id) is TurnState.MERGED


@pytest.mark.parametrize("alone", ["own model", "bot", "command", "again"])
async def test_turns_of_another_kind_are_not_merged(stores: UnitOfWorkFactory, alone: str):
    said = mention()
    first = await asked(stores, said)
    other = {
        "own model": reply(said, model="gpt-6"),
        "bot": from_bot(thread_ts=said.key),
        "command": ask(thread_ts=said.key, at=after(9999)),
        "again": again(first.id, said, at=after(9999)),
    }[alone]
    turn = await asked(stores, other)

    work = await claim(stores, first.conversation_id)

    assert work is not None
    assert [message.turn_id for message in work.questions] == [first.id]
    assert await state_of(stores, turn.id) is TurnState.WAITING


async def test_direct_messages_of_one_thread_are_merged(stores: UnitOfWorkFactory):
    said = direct()
    first, second = await asked(stores, said), await asked(stores, direct(thread_ts=said.key))

    await claim(stores, first.conversation_id)

    assert await state_of(stores, second.id) is TurnState.MERGED


async def test_a_turn_whose_worker_died_is_taken_over_with_its_questions(stores: UnitOfWorkFactory):
    said = mention(text="One?")
    await asked(stores, said)
    await asked(stores, reply(said, text="Two?"))
    turn = await asked(stores, reply(said, text="Three?"))
    first = await claim(stores, turn.conversation_id)
    late = await asked(stores, reply(said, text="Four?"))

    second = await claim(stores, turn.conversation_id, worker="w2", now=NOON + LEASE)

    assert first is not None
    assert second is not None
    assert second.resumed
    assert second.turn.id == first.turn.id
    assert second.turn.attempts == 2
    assert [message.text for message in second.questions] == ["One?", "Two?", "Three?"]
    assert await state_of(stores, late.id) is TurnState.WAITING


async def test_a_turn_taken_over_is_still_delivering_if_it_was(stores: UnitOfWorkFactory):
    work = await claimed(stores, mention())
    await set_turn(stores, work.turn.id, TurnState.DELIVERING)

    resumed = await claim(stores, work.conversation.id, now=NOON + LEASE)

    assert resumed is not None
    assert resumed.turn.state is TurnState.DELIVERING


async def test_a_lease_that_is_extended_is_not_over(stores: UnitOfWorkFactory):
    work = await claimed(stores, mention())

    async with stores() as uow:
        assert await uow.chat.extend_leases([work.turn.id], NOON + 2 * LEASE) == []
        await uow.commit()

    assert await claim(stores, work.conversation.id, now=NOON + LEASE) is None


async def test_extending_leases_tells_what_is_to_stop(stores: UnitOfWorkFactory):
    one, other = await claimed(stores, mention()), await claimed(stores, mention())
    async with stores() as uow:
        await uow.chat.stop_turn(one.turn.id)
        await uow.commit()

    async with stores() as uow:
        assert await uow.chat.extend_leases([one.turn.id, other.turn.id], NOON + LEASE) == [one.turn.id]


async def test_an_ended_turn_has_no_lease_to_extend(stores: UnitOfWorkFactory):
    work = await claimed(stores, mention())
    await set_turn(stores, work.turn.id, TurnState.ANSWERED)

    async with stores() as uow:
        await uow.chat.extend_leases([work.turn.id], NOON + LEASE)
        assert list(await uow.chat.overdue(after(9999), waiting_since=NOON)) == []


async def test_answer_again_asks_what_was_first_asked(stores: UnitOfWorkFactory):
    said = mention(text="One?")
    await asked(stores, said)
    await asked(stores, reply(said, text="Two?"))
    work = await claim(stores, (await asked(stores, reply(said, text="Three?"))).conversation_id)
    assert work is not None
    await set_turn(stores, work.turn.id, TurnState.ANSWERED)
    once = await asked(stores, again(work.turn.id, said))
    await claim(stores, work.conversation.id)
    await set_turn(stores, once.id, TurnState.ANSWERED)
    await asked(stores, again(once.id, said))

    twice = await claim(stores, work.conversation.id)

    assert twice is not None
    assert [message.text for message in twice.questions] == ["One?", "Two?", "Three?"]


async def test_our_own_answer_is_not_among_the_questions(stores: UnitOfWorkFactory):
    work = await claimed(stores, mention(text="One?"))
    async with stores() as uow:
        await uow.chat.add_answer(answer(work.turn.id, work.conversation.id))
        await uow.commit()

    resumed = await claim(stores, work.conversation.id, now=NOON + LEASE)

    assert resumed is not None
    assert [message.text for message in resumed.questions] == ["One?"]


async def test_a_turn_whose_question_is_deleted_has_none(stores: UnitOfWorkFactory):
    said = mention()
    turn = await asked(stores, said)
    async with stores() as uow:
        await uow.chat.delete_message(said.team, said.channel, said.key)
        await uow.commit()

    work = await claim(stores, turn.conversation_id)

    assert work is not None
    assert work.questions == ()


async def test_a_turn_that_waits_too_long_is_overdue(stores: UnitOfWorkFactory):
    turn = await asked(stores, mention(at=NOON))

    async with stores() as uow:
        assert list(await uow.chat.overdue(NOON, waiting_since=after(1))) == [turn.conversation_id]
        assert list(await uow.chat.overdue(NOON, waiting_since=after(-1))) == []


async def test_a_turn_behind_a_running_one_is_not_overdue(stores: UnitOfWorkFactory):
    said = mention(at=NOON)
    await claimed(stores, said)
    await hear(stores, reply(said, at=NOON))

    async with stores() as uow:
        assert list(await uow.chat.overdue(NOON, waiting_since=after(1))) == []


async def test_a_lease_that_is_over_is_overdue_once(stores: UnitOfWorkFactory):
    said = mention(at=NOON)
    work = await claimed(stores, said)
    await hear(stores, reply(said, at=NOON))

    async with stores() as uow:
        assert list(await uow.chat.overdue(NOON + LEASE, waiting_since=after(1))) == [work.conversation.id]


async def test_what_is_let_go_is_taken_before_its_lease_is_over(stores: UnitOfWorkFactory):
    work = await claimed(stores, mention())

    async with stores() as uow:
        await uow.chat.let_go(work.conversation.id, "somebody else")
        await uow.commit()
    assert await claim(stores, work.conversation.id, worker="w2") is None

    async with stores() as uow:
        await uow.chat.let_go(work.conversation.id, "w1")
        await uow.commit()
    resumed = await claim(stores, work.conversation.id, worker="w2")
    assert resumed is not None
    assert (resumed.turn.id, resumed.resumed, resumed.worker) == (work.turn.id, True, "w2")


async def test_no_lease_is_over_while_the_database_has_just_started(stores: UnitOfWorkFactory):
    work = await claimed(stores, mention())
    later, just_started = NOON + 2 * LEASE, timedelta(days=10_000)

    async with stores() as uow:
        here = {"worker": "w2", "now": later, "lease_until": later + LEASE}
        assert await uow.chat.claim(work.conversation.id, **here, grace=just_started) is None
        assert list(await uow.chat.overdue(later, waiting_since=NOON, grace=just_started)) == []
        assert list(await uow.chat.overdue(later, waiting_since=NOON)) == [work.conversation.id]


async def test_what_is_let_go_needs_no_grace(stores: UnitOfWorkFactory):
    work = await claimed(stores, mention())
    async with stores() as uow:
        await uow.chat.let_go(work.conversation.id, "w1")
        found = await uow.chat.overdue(NOON, waiting_since=NOON, grace=timedelta(days=10_000))
        assert list(found) == [work.conversation.id]
