"""Answers that can be given again: which is found, for how long, and what they go with."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine

from services.entities.answers import KeptAnswer
from services.entities.calls import CallOutcome
from services.entities.turns import Claim
from services.errors import LostClaim
from services.ports.work import UnitOfWorkFactory
from storage.tables import messages, prompt_cache
from tests.factories import NOON, after, answer, call, mention, used
from tests.storage.acts import claimed

FIRST, SECOND = b"\x01" * 32, b"\x02" * 32


async def keep(
    stores: UnitOfWorkFactory, claim: Claim, key: bytes | None, text: str = "Ninety seconds.", at: float = 0
) -> UUID:
    """The id of the message with the answer."""
    begun = call(turn_id=claim.turn.id, started_at=after(at))
    said = answer(claim.turn.id, claim.conversation.id, text=text)
    async with stores() as uow:
        await uow.calls.begin(begun, None, claim.turn.attempts)
        ended = replace(begun, outcome=CallOutcome.ANSWERED, **used())
        await uow.calls.store_answer(said, ended, claim.turn.id, {}, claim.turn.attempts, kept_as=key)
        await uow.commit()
    return said.id


async def found(stores: UnitOfWorkFactory, *keys: bytes, since: float = -1) -> KeptAnswer | None:
    async with stores() as uow:
        return await uow.answers.find(keys, after(since))


async def test_an_answer_is_found_under_its_key(stores: UnitOfWorkFactory):
    await keep(stores, await claimed(stores, mention()), FIRST)
    assert await found(stores, FIRST) == KeptAnswer(
        "Ninety seconds.", "anthropic", "claude-sonnet-5", 110, Decimal("0.00150000")
    )
    assert await found(stores, SECOND) is None


async def test_without_a_key_nothing_is_kept(stores: UnitOfWorkFactory):
    await keep(stores, await claimed(stores, mention()), None)
    assert await found(stores, FIRST, SECOND) is None


async def test_the_first_key_that_has_one_is_taken(stores: UnitOfWorkFactory):
    await keep(stores, await claimed(stores, mention()), FIRST, "one")
    await keep(stores, await claimed(stores, mention()), SECOND, "two")
    assert (await found(stores, SECOND, FIRST)).text == "two"
    assert (await found(stores, b"none", FIRST)).text == "one"


async def test_a_later_answer_takes_the_place_of_an_earlier_one(stores: UnitOfWorkFactory):
    await keep(stores, await claimed(stores, mention()), FIRST, "old")
    await keep(stores, await claimed(stores, mention()), FIRST, "new", at=60)
    assert (await found(stores, FIRST, since=30)).text == "new"


async def test_what_is_too_old_is_neither_found_nor_kept(stores: UnitOfWorkFactory):
    await keep(stores, await claimed(stores, mention()), FIRST)
    await keep(stores, await claimed(stores, mention()), SECOND, at=60)
    assert await found(stores, FIRST, since=0) is None
    async with stores() as uow:
        assert await uow.answers.prune(NOON) == 1
        await uow.commit()
    assert await found(stores, FIRST) is None
    assert await found(stores, SECOND) is not None


async def test_an_answer_that_was_not_stored_is_not_kept(stores: UnitOfWorkFactory):
    claim = await claimed(stores, mention())
    lost = replace(claim, turn=replace(claim.turn, attempts=7))
    with pytest.raises(LostClaim):
        await keep(stores, lost, FIRST)
    assert await found(stores, FIRST) is None


async def test_an_answer_goes_with_its_message(uow: UnitOfWorkFactory, engine: AsyncEngine):
    message = await keep(uow, await claimed(uow, mention()), FIRST)
    async with engine.begin() as connection:
        await connection.execute(delete(messages).where(messages.c.id == message))
        assert (await connection.execute(prompt_cache.select())).first() is None
