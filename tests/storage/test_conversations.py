"""Threads: what we keep about them, and where a command's question ends up."""

from __future__ import annotations

from dataclasses import replace

from services.entities.conversations import ConversationMode, Place
from services.ports.work import UnitOfWorkFactory
from tests.factories import (
    ANNA,
    BEN,
    CHANNEL,
    TEAM,
    after,
    anna,
    ask,
    direct,
    mention,
    next_ts,
    reply,
    thread_of,
    told,
)
from tests.storage.acts import asked, claim, conversation_of, hear, texts


async def test_a_channels_top_level_is_no_conversation(stores: UnitOfWorkFactory):
    await hear(stores, ask())

    async with stores() as uow:
        assert await uow.chat.conversation_at(Place(TEAM, CHANNEL)) is None


async def test_the_same_thread_of_another_team_is_another(stores: UnitOfWorkFactory):
    said = mention()
    await hear(stores, said, replace(said, team="T2"))

    ours, theirs = (
        await conversation_of(stores, said),
        await conversation_of(stores, replace(said, team="T2")),
    )

    assert ours.id != theirs.id


async def test_a_summary_and_marks_are_kept(stores: UnitOfWorkFactory):
    said = mention(thread_ts=next_ts())
    await hear(stores, said)
    before = await conversation_of(stores, said)

    async with stores() as uow:
        await uow.chat.set_summary(before.id, "They talked.", after(5))
        await uow.chat.mark(before.id, history_read=True)
        await uow.chat.mark(before.id, warned_full=True)
        await uow.commit()

    assert await conversation_of(stores, said) == replace(
        before, summary="They talked.", summary_until=after(5), history_read=True, warned_full=True
    )


async def test_a_thread_can_be_set_to_mentions_only(stores: UnitOfWorkFactory):
    said = mention()
    await hear(stores, said)
    conversation = await conversation_of(stores, said)

    async with stores() as uow:
        await uow.chat.set_mode(conversation.id, ConversationMode.MENTIONED)
        assert not await uow.chat.follows(thread_of(said), ANNA)
        await uow.chat.set_mode(conversation.id, ConversationMode.FOLLOW)
        assert await uow.chat.follows(thread_of(said), ANNA)


async def test_the_question_of_a_command_gets_its_place(stores: UnitOfWorkFactory):
    turn = await asked(stores, ask(text="One?"))
    ts = next_ts()

    async with stores() as uow:
        placed = await uow.chat.place_question(turn.id, ts, ts)
        await uow.commit()

    async with stores() as uow:
        assert await uow.chat.conversation_at(Place(TEAM, CHANNEL, ts)) == placed
        assert await uow.chat.turn_of_question(TEAM, CHANNEL, ts) == turn
    assert (placed.id, placed.history_read) == (turn.conversation_id, True)


async def test_a_question_placed_in_an_old_thread_leaves_its_history_to_be_read(stores: UnitOfWorkFactory):
    turn = await asked(stores, ask())

    async with stores() as uow:
        placed = await uow.chat.place_question(turn.id, next_ts(), next_ts())

    assert not placed.history_read


async def test_placing_twice_changes_nothing(stores: UnitOfWorkFactory):
    turn = await asked(stores, ask())
    ts = next_ts()

    async with stores() as uow:
        once = await uow.chat.place_question(turn.id, ts, ts)
        assert await uow.chat.place_question(turn.id, ts, ts) == once


async def test_a_question_joins_a_conversation_that_was_faster(stores: UnitOfWorkFactory):
    command = await asked(stores, ask(text="One?", user=BEN, mentions_us=True))
    ts = next_ts()
    quick = mention(thread_ts=ts, text="Two?")
    there = await asked(stores, quick)
    async with stores() as uow:
        await uow.chat.add_messages(there.conversation_id, [told(ts=ts, text="a copy of One?")])
        await uow.commit()

    async with stores() as uow:
        placed = await uow.chat.place_question(command.id, ts, ts)
        await uow.commit()

    assert placed.id == there.conversation_id
    assert await texts(stores, placed.id) == ["One?", "Two?"]
    assert await claim(stores, command.conversation_id) is None
    async with stores() as uow:
        moved = await uow.chat.turn(command.id)
        assert await uow.chat.follows(thread_of(quick), BEN)
    assert moved == replace(command, conversation_id=placed.id)


async def test_recent_conversations_are_those_the_person_asked_in(stores: UnitOfWorkFactory):
    old = mention(text="Old?", at=after(1))
    new = direct(text="New?", at=after(2))
    await hear(stores, old, new, mention(user=BEN), ask(at=after(3)))
    await hear(stores, reply(old, user=BEN, text="And me?", at=after(4)))

    async with stores() as uow:
        recent = await uow.chat.recent_conversations(anna(), 5)
        newest = await uow.chat.recent_conversations(anna(), 1)

    assert [question for _, question in recent] == ["New?", "Old?"]
    assert [conversation.place for conversation, _ in recent] == [thread_of(new), thread_of(old)]
    assert newest == recent[:1]
