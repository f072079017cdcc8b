"""What was said, in order; edited, deleted, read back from Slack."""

from __future__ import annotations

from dataclasses import replace

from services.entities.conversations import Author
from services.entities.turns import Source, TurnState
from services.ports.work import UnitOfWorkFactory
from tests.factories import after, answer, file, mention, next_ts, post, reply, told
from tests.storage.acts import asked, claim, claimed, conversation_of, hear, state_of, texts


async def test_messages_are_in_order_of_time(stores: UnitOfWorkFactory):
    said = mention(text="1", at=after(1))
    await hear(stores, reply(said, text="3", at=after(3)), said, reply(said, text="2", at=after(2)))

    assert await texts(stores, (await conversation_of(stores, said)).id) == ["1", "2", "3"]


async def test_messages_after_a_moment_leave_that_moment_out(stores: UnitOfWorkFactory):
    said = mention(text="1", at=after(1))
    await hear(stores, said, reply(said, text="2", at=after(2)))
    conversation = await conversation_of(stores, said)

    async with stores() as uow:
        found = await uow.chat.messages(conversation.id, after=after(1))

    assert [message.text for message in found] == ["2"]


async def test_history_is_stored_beside_what_is_known(stores: UnitOfWorkFactory):
    said = mention(text="as heard")
    turn = await asked(stores, said)
    history = [told(text="before", files=(file(),)), told(ts=said.key, text="as read")]

    async with stores() as uow:
        await uow.chat.add_messages(turn.conversation_id, history)
        await uow.chat.add_messages(turn.conversation_id, history)
        await uow.commit()

    async with stores() as uow:
        messages = {message.text: message for message in await uow.chat.messages(turn.conversation_id)}
    assert set(messages) == {"before", "as heard"}
    assert messages["before"].files == (file(),)
    assert messages["before"].turn_id is None


async def test_history_read_first_becomes_the_question_when_heard(stores: UnitOfWorkFactory):
    said = mention()
    first = await asked(stores, said)
    more = reply(said)
    async with stores() as uow:
        await uow.chat.add_messages(first.conversation_id, [told(ts=more.key)])
        await uow.commit()

    turn = await asked(stores, more)

    async with stores() as uow:
        assert await uow.chat.turn_of_question(more.team, more.channel, more.key) == turn


async def test_parts_of_our_answers_are_not_stored_again(stores: UnitOfWorkFactory):
    work = await claimed(stores, mention(text="One?"))
    shown, lost, ts = post(work.turn.id), post(work.turn.id, part=1), next_ts()
    async with stores() as uow:
        await uow.posts.intend(shown)
        await uow.posts.sent(shown.id, ts)
        await uow.posts.intend(lost)
        parts = [told(ts=ts, author=Author.US), told(post_id=lost.id, author=Author.US)]
        await uow.chat.add_messages(work.conversation.id, parts)
        await uow.commit()

    assert await texts(stores, work.conversation.id) == ["One?"]


async def test_an_answer_belongs_to_its_turn(stores: UnitOfWorkFactory):
    work = await claimed(stores, mention())
    given = answer(work.turn.id, work.conversation.id)

    async with stores() as uow:
        assert await uow.chat.answer_of(work.turn.id) is None
        await uow.chat.add_answer(given)
        await uow.commit()

    async with stores() as uow:
        assert await uow.chat.answer_of(work.turn.id) == given
        assert (await uow.chat.messages(work.conversation.id))[-1] == given


async def test_a_second_answer_replaces_the_first(stores: UnitOfWorkFactory):
    work = await claimed(stores, mention(text="One?"))

    async with stores() as uow:
        await uow.chat.add_answer(answer(work.turn.id, work.conversation.id, text="She s"))
        await uow.chat.add_answer(answer(work.turn.id, work.conversation.id, text="She said.", tokens=9))
        await uow.commit()

    assert await texts(stores, work.conversation.id) == ["One?", "She said."]


async def test_an_edit_changes_the_question_and_tells_its_turn(stores: UnitOfWorkFactory):
    said = mention()
    turn = await asked(stores, said)

    async with stores() as uow:
        assert await uow.chat.edit_message(said.team, said.channel, said.key, "Better?") == turn
        await uow.commit()

    assert await texts(stores, turn.conversation_id) == ["Better?"]


async def test_an_edit_that_changes_nothing_is_none(stores: UnitOfWorkFactory):
    said = mention(text="Same")
    await hear(stores, said)

    async with stores() as uow:
        assert await uow.chat.edit_message(said.team, said.channel, said.key, "Same") is None
        assert await uow.chat.edit_message(said.team, said.channel, next_ts(), "Unknown") is None


async def test_an_edit_of_a_merged_question_tells_the_turn_that_answers_it(stores: UnitOfWorkFactory):
    said = mention()
    more = reply(said)
    await hear(stores, said, more)
    work = await claim(stores, (await conversation_of(stores, said)).id)
    assert work is not None

    async with stores() as uow:
        assert await uow.chat.edit_message(more.team, more.channel, more.key, "Better?") == work.turn


async def test_a_deleted_message_is_gone(stores: UnitOfWorkFactory):
    said = mention()
    turn = await asked(stores, said)

    async with stores() as uow:
        assert await uow.chat.delete_message(said.team, said.channel, said.key) == turn
        assert await uow.chat.delete_message(said.team, said.channel, said.key) is None
        await uow.commit()

    assert await texts(stores, turn.conversation_id) == []


async def test_a_deleted_message_does_not_come_back(stores: UnitOfWorkFactory):
    said = mention()
    turn = await asked(stores, said)
    async with stores() as uow:
        await uow.chat.delete_message(said.team, said.channel, said.key)
        await uow.chat.add_messages(turn.conversation_id, [told(ts=said.key)])
        assert await uow.chat.edit_message(said.team, said.channel, said.key, "Boo") is None
        await uow.commit()

    await hear(stores, said)

    assert await texts(stores, turn.conversation_id) == []


async def test_a_turn_goes_on_while_one_of_its_questions_is_left(stores: UnitOfWorkFactory):
    said = mention()
    more = reply(said)
    await hear(stores, said, more)
    work = await claim(stores, (await conversation_of(stores, said)).id)
    assert work is not None

    async with stores() as uow:
        assert await uow.chat.delete_message(said.team, said.channel, said.key) is None
        assert await uow.chat.delete_message(more.team, more.channel, more.key) == work.turn


async def test_our_own_messages_are_not_edited_from_outside(stores: UnitOfWorkFactory):
    work = await claimed(stores, mention())
    ts = next_ts()
    async with stores() as uow:
        await uow.chat.add_answer(answer(work.turn.id, work.conversation.id, ts=ts))
        assert await uow.chat.edit_message(work.turn.team, work.turn.channel, ts, "I never said") is None
        assert await uow.chat.delete_message(work.turn.team, work.turn.channel, ts) is None


async def test_setting_a_turn_keeps_its_error(stores: UnitOfWorkFactory):
    work = await claimed(stores, mention())
    async with stores() as uow:
        await uow.chat.set_turn(work.turn.id, TurnState.FAILED, error="anthropic: 529")
        await uow.commit()

    assert await state_of(stores, work.turn.id) is TurnState.FAILED


async def test_a_message_that_was_deleted_before_it_is_heard_is_none(stores: UnitOfWorkFactory):
    said = mention()
    async with stores() as uow:
        assert await uow.chat.delete_message(said.team, said.channel, said.key) is None
        await uow.commit()

    assert await hear(stores, said) is None
    assert await hear(stores, replace(said, source=Source.THREAD)) is None
    assert await hear(stores, mention()) is not None
