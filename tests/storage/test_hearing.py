"""What Slack tells becomes one message and at most one turn."""

from __future__ import annotations

from services.entities.conversations import Author
from services.entities.turns import Source, TurnState
from services.ports.work import UnitOfWorkFactory
from tests.factories import (
    ANNA,
    BEN,
    TEAM,
    again,
    ask,
    direct,
    file,
    from_bot,
    heard,
    mention,
    next_ts,
    reply,
    thread_of,
    twin,
)
from tests.storage.acts import asked, claim, conversation_of, hear, texts


async def test_a_mention_begins_a_conversation_with_a_waiting_turn(stores: UnitOfWorkFactory):
    said = mention(text="<@UUS> hello")

    turn = await asked(stores, said)

    conversation = await conversation_of(stores, said)
    assert (turn.conversation_id, turn.key, turn.user) == (conversation.id, said.key, ANNA)
    assert turn.state is TurnState.WAITING
    assert await texts(stores, conversation.id) == ["<@UUS> hello"]


async def test_the_twin_of_a_mention_makes_nothing_new(stores: UnitOfWorkFactory):
    said = mention()
    turn = await asked(stores, said)

    assert await hear(stores, twin(said)) is None

    assert len(await texts(stores, turn.conversation_id)) == 1


async def test_the_files_of_twins_are_merged_in_order(stores: UnitOfWorkFactory):
    said = mention(files=(file("F2"), file("F1")))
    turn = await asked(stores, said)

    await hear(stores, twin(said, files=(file("F1"), file("F3"))))

    async with stores() as uow:
        [message] = await uow.chat.messages(turn.conversation_id)
    assert [one.id for one in message.files] == ["F2", "F1", "F3"]
    assert message.files[2] == file("F3")


async def test_a_turn_is_made_if_only_the_twin_asked_for_one(stores: UnitOfWorkFactory):
    said = mention()
    await hear(stores, twin(said), answer=False)

    turn = await asked(stores, said)

    async with stores() as uow:
        assert await uow.chat.turn_of_question(said.team, said.channel, said.key) == turn


async def test_a_late_twin_does_not_bring_back_what_was_edited(stores: UnitOfWorkFactory):
    said = mention(text="first")
    turn = await asked(stores, said)
    async with stores() as uow:
        await uow.chat.edit_message(said.team, said.channel, said.key, "second")
        await uow.commit()

    await hear(stores, twin(said))

    assert await texts(stores, turn.conversation_id) == ["second"]


async def test_a_message_that_is_not_for_us_makes_no_turn(stores: UnitOfWorkFactory):
    said = mention()
    await hear(stores, said)

    assert await hear(stores, reply(said, text="Lunch?"), answer=False) is None

    conversation = await conversation_of(stores, said)
    assert len(await texts(stores, conversation.id)) == 2
    assert await claim(stores, conversation.id) is not None


async def test_replies_belong_to_the_conversation_of_their_thread(stores: UnitOfWorkFactory):
    said = mention()
    first = await asked(stores, said)

    second = await asked(stores, reply(said))

    assert second.conversation_id == first.conversation_id


async def test_what_begins_a_thread_has_no_history_to_read(stores: UnitOfWorkFactory):
    begun, joined = mention(), mention(thread_ts=next_ts())
    await hear(stores, begun, joined)

    assert (await conversation_of(stores, begun)).history_read
    assert not (await conversation_of(stores, joined)).history_read


async def test_each_command_makes_a_conversation_of_its_own_without_a_place(stores: UnitOfWorkFactory):
    first, second = await asked(stores, ask(text="One?")), await asked(stores, ask(text="Two?"))

    assert first.conversation_id != second.conversation_id
    async with stores() as uow:
        conversation = await uow.chat.conversation(first.conversation_id)
        [message] = await uow.chat.messages(first.conversation_id)
    assert conversation is not None
    assert conversation.thread_ts is None
    assert (message.text, message.ts, message.turn_id) == ("One?", None, first.id)


async def test_a_command_told_twice_is_one_turn(stores: UnitOfWorkFactory):
    said = ask()
    turn = await asked(stores, said)

    assert await hear(stores, said) is None

    assert len(await texts(stores, turn.conversation_id)) == 1


async def test_a_command_in_a_thread_joins_its_conversation(stores: UnitOfWorkFactory):
    said = mention()
    first = await asked(stores, said)
    command = ask(thread_ts=said.key)

    turn = await asked(stores, command)
    assert await hear(stores, command) is None

    assert turn.conversation_id == first.conversation_id
    assert len(await texts(stores, turn.conversation_id)) == 2


async def test_answer_again_adds_a_turn_and_no_message(stores: UnitOfWorkFactory):
    said = mention()
    first = await asked(stores, said)

    turn = await asked(stores, again(first.id, said, model="gpt-6"))

    assert (turn.source, turn.model, turn.about) == (Source.AGAIN, "gpt-6", str(first.id))
    assert len(await texts(stores, first.conversation_id)) == 1


async def test_another_bot_is_known_as_one(stores: UnitOfWorkFactory):
    turn = await asked(stores, from_bot())

    async with stores() as uow:
        [message] = await uow.chat.messages(turn.conversation_id)
    assert turn.is_bot
    assert message.author is Author.BOT


async def test_what_postgresql_cannot_store_is_left_out(uow: UnitOfWorkFactory):
    turn = await asked(uow, mention(text="a\x00b \ud83d!", files=(file(name="n\x00"),)))

    assert await texts(uow, turn.conversation_id) == ["ab ?!"]


async def test_an_event_is_new_once_in_its_team(stores: UnitOfWorkFactory):
    async with stores() as uow:
        assert await uow.chat.know_event(TEAM, "Ev1", "app_mention")
        await uow.commit()

    async with stores() as uow:
        assert not await uow.chat.know_event(TEAM, "Ev1", "app_mention")
        assert await uow.chat.know_event("T2", "Ev1", "app_mention")


async def test_who_mentioned_us_in_a_thread_is_followed_there(stores: UnitOfWorkFactory):
    said = mention(user=ANNA)
    await hear(stores, said, reply(said, user=BEN))

    async with stores() as uow:
        assert await uow.chat.follows(thread_of(said), ANNA)
        assert not await uow.chat.follows(thread_of(said), BEN)
        assert not await uow.chat.follows(thread_of(mention()), ANNA)


async def test_a_reply_that_mentions_us_is_followed_from_then_on(stores: UnitOfWorkFactory):
    said = mention(user=ANNA)
    await hear(stores, said, reply(said, user=BEN, mentions_us=True))

    async with stores() as uow:
        assert await uow.chat.follows(thread_of(said), BEN)


async def test_direct_messages_are_always_followed(stores: UnitOfWorkFactory):
    said = direct()
    await hear(stores, said)

    async with stores() as uow:
        assert await uow.chat.follows(thread_of(said), BEN)


async def test_chatter_in_no_thread_of_ours_is_not_followed(stores: UnitOfWorkFactory):
    said = heard()
    await hear(stores, said, answer=False)

    async with stores() as uow:
        assert not await uow.chat.follows(thread_of(said), ANNA)
