"""Single acts, each in a transaction of its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from services.entities.conversations import Conversation
from services.entities.turns import Claim, Heard, Turn, TurnState
from services.ports.work import UnitOfWorkFactory
from tests.factories import NOON, thread_of

LEASE = timedelta(seconds=30)


async def hear(stores: UnitOfWorkFactory, *said: Heard, answer: bool = True) -> Turn | None:
    """The turn of the last one."""
    turn = None
    async with stores() as uow:
        for one in said:
            turn = await uow.chat.hear(one, answer=answer)
        await uow.commit()
    return turn


async def asked(stores: UnitOfWorkFactory, said: Heard) -> Turn:
    turn = await hear(stores, said)
    assert turn is not None
    return turn


async def claim(
    stores: UnitOfWorkFactory, conversation_id: UUID, *, worker: str = "w1", now: datetime = NOON
) -> Claim | None:
    async with stores() as uow:
        claim = await uow.chat.claim(conversation_id, worker=worker, now=now, lease_until=now + LEASE)
        await uow.commit()
    return claim


async def claimed(stores: UnitOfWorkFactory, said: Heard) -> Claim:
    """The turn of a new question, being worked on."""
    turn = await asked(stores, said)
    work = await claim(stores, turn.conversation_id)
    assert work is not None
    return work


async def set_turn(stores: UnitOfWorkFactory, turn_id: UUID, state: TurnState) -> None:
    async with stores() as uow:
        await uow.chat.set_turn(turn_id, state)
        await uow.commit()


async def state_of(stores: UnitOfWorkFactory, turn_id: UUID) -> TurnState:
    async with stores() as uow:
        turn = await uow.chat.turn(turn_id)
    assert turn is not None
    return turn.state


async def conversation_of(stores: UnitOfWorkFactory, said: Heard) -> Conversation:
    async with stores() as uow:
        found = await uow.chat.conversation_at(thread_of(said))
    assert found is not None
    return found


async def texts(stores: UnitOfWorkFactory, conversation_id: UUID) -> list[str]:
    async with stores() as uow:
        return [message.text for message in await uow.chat.messages(conversation_id)]
