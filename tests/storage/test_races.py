"""What several processes do at the same moment. Two engines stand for two processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from services.entities.budgets import BudgetLine
from services.entities.turns import Claim, Heard, Turn, TurnState
from services.ports.work import UnitOfWorkFactory
from storage.engine import make_engine
from storage.uow import DriverConnection, unit_of_work
from tests.databases import Database
from tests.factories import (
    ANNA,
    BEN,
    NOON,
    TEAM,
    after,
    ask,
    file,
    from_bot,
    line,
    mention,
    next_ts,
    reply,
    thread_of,
    twin,
)
from tests.storage.acts import LEASE, asked, claim, claimed, conversation_of, hear, set_turn, state_of, texts


async def no_queue(connection: DriverConnection, task: str, payload: bytes) -> None:
    """These tests look at the tables alone."""


@pytest.fixture
async def two(database: Database) -> AsyncIterator[list[UnitOfWorkFactory]]:
    engines = [make_engine(database.url, pool_size=20, overflow=0) for _ in range(2)]
    yield [unit_of_work(engine, no_queue) for engine in engines]
    for engine in engines:
        await engine.dispose()


async def deliver(uow: UnitOfWorkFactory, said: Heard, event_id: str) -> Turn | None:
    async with uow() as work:
        if not await work.chat.know_event(said.team, event_id, "message"):
            return None
        turn = await work.chat.hear(said, answer=True)
        await work.commit()
    return turn


async def test_fifty_deliveries_of_a_mention_and_its_twin_are_one_turn(two: list[UnitOfWorkFactory]):
    said = mention(files=(file("F1"),))
    other = twin(said, files=(file("F2"),))

    turns = await asyncio.gather(
        *(deliver(two[n % 2], *(((said, "Ev1"), (other, "Ev2"))[n // 2 % 2])) for n in range(50))
    )

    [turn] = [turn for turn in turns if turn]
    async with two[0]() as work:
        [message] = await work.chat.messages(turn.conversation_id)
    assert {one.id for one in message.files} == {"F1", "F2"}
    assert message.turn_id == turn.id


async def test_many_questions_into_one_new_thread_are_one_conversation(two: list[UnitOfWorkFactory]):
    root = next_ts()

    turns = await asyncio.gather(*(asked(two[n % 2], mention(thread_ts=root)) for n in range(20)))

    assert len({turn.id for turn in turns}) == 20
    assert len({turn.conversation_id for turn in turns}) == 1


async def test_a_command_delivered_many_times_is_one_turn(two: list[UnitOfWorkFactory]):
    said = ask()

    turns = await asyncio.gather(*(hear(two[n % 2], said) for n in range(20)))

    assert len([turn for turn in turns if turn]) == 1


async def test_a_turn_is_claimed_by_one_worker(two: list[UnitOfWorkFactory]):
    turn = await asked(two[0], mention())

    claims = await asyncio.gather(
        *(claim(two[n % 2], turn.conversation_id, worker=f"w{n}") for n in range(20))
    )

    assert len([one for one in claims if one]) == 1


async def test_a_lease_that_is_over_is_taken_by_one_worker(two: list[UnitOfWorkFactory]):
    work = await claimed(two[0], mention())

    claims = await asyncio.gather(
        *(claim(two[n % 2], work.conversation.id, worker=f"w{n}", now=NOON + LEASE) for n in range(20))
    )

    [resumed] = [one for one in claims if one]
    assert resumed.resumed


async def test_every_question_is_answered_once_while_more_are_asked(two: list[UnitOfWorkFactory]):
    said = mention()
    conversation_id = (await asked(two[0], said)).conversation_id
    answered: list[str] = []

    async def work(uow: UnitOfWorkFactory, name: str) -> None:
        while len(answered) < 41:
            one = await claim(uow, conversation_id, worker=name)
            if one is None:
                await asyncio.sleep(0.001)
                continue
            answered.extend(message.text for message in one.questions)
            await set_turn(uow, one.turn.id, TurnState.ANSWERED)

    async def talk(uow: UnitOfWorkFactory, name: str) -> None:
        for number in range(20):
            await hear(uow, reply(said, text=f"{name}{number}"))

    async with asyncio.timeout(30):
        await asyncio.gather(
            talk(two[0], "a"), talk(two[1], "b"), work(two[0], "w0"), work(two[1], "w1"), work(two[1], "w2")
        )

    assert sorted(answered) == sorted(await texts(two[0], conversation_id))


async def test_a_worker_that_is_just_finishing_is_not_waited_for(two: list[UnitOfWorkFactory]):
    work = await claimed(two[0], mention())

    async with two[0]() as finishing:
        await finishing.chat.set_turn(work.turn.id, TurnState.ANSWERED)
        assert await claim(two[1], work.conversation.id, now=NOON + LEASE) is None
        await finishing.chat.mark(work.conversation.id, warned_full=True)
        await finishing.commit()

    assert await state_of(two[0], work.turn.id) is TurnState.ANSWERED


async def test_an_older_question_told_late_does_not_run_beside_a_newer_one(
    two: list[UnitOfWorkFactory], database: Database
):
    said = mention(at=after(10))
    turn = await asked(two[0], said)

    async def tell_late() -> Claim | None:
        await hear(two[1], from_bot(thread_ts=said.key, at=after(0)))
        return await claim(two[1], turn.conversation_id, worker="w2")

    async with two[0]() as work:
        await work.chat.claim(turn.conversation_id, worker="w1", now=NOON, lease_until=NOON + LEASE)
        late = asyncio.create_task(tell_late())
        await somebody_waits(database)
        await work.commit()

    assert await late is None


async def test_stop_and_claim_at_once_agree(two: list[UnitOfWorkFactory]):
    for _ in range(10):
        said = mention()
        turn = await asked(two[0], said)

        async def stop(said: Heard = said) -> None:
            async with two[1]() as work:
                await work.chat.request_stop(thread_of(said))
                await work.commit()

        work, _ = await asyncio.gather(claim(two[0], turn.conversation_id), stop())

        async with two[0]() as uow:
            left = await uow.chat.turn(turn.id)
        assert left is not None
        assert left.stop_requested
        assert left.state is (TurnState.RUNNING if work else TurnState.CANCELLED)


async def test_a_question_placed_while_somebody_writes_there_joins_them(two: list[UnitOfWorkFactory]):
    for _ in range(10):
        command, ts = await asked(two[0], ask(text="One?")), next_ts()
        quick = mention(thread_ts=ts, text="Two?")

        async def place(command: Turn = command, ts: str = ts) -> None:
            async with two[0]() as work:
                await work.chat.place_question(command.id, ts, ts)
                await work.commit()

        await asyncio.gather(place(), hear(two[1], quick))

        conversation = await conversation_of(two[0], quick)
        assert sorted(await texts(two[0], conversation.id)) == ["One?", "Two?"]


async def somebody_waits(database: Database) -> None:
    """Until a transaction waits for a lock of another."""
    connection = await asyncpg.connect(database.dsn)
    try:
        async with asyncio.timeout(10):
            while not await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                await asyncio.sleep(0.01)
    finally:
        await connection.close()


# ---- budgets -----------------------------------------------------------------------------------


async def reserve(uow: UnitOfWorkFactory, lines: list[BudgetLine]) -> bool:
    async with uow() as work:
        full = await work.calls.reserve(uuid7(), lines)
        await work.commit()
    return not full


async def test_two_hundred_requests_at_the_edge_are_granted_exactly(two: list[UnitOfWorkFactory]):
    granted = await asyncio.gather(*(reserve(two[n % 2], [line(10_000, cap=500_000)]) for n in range(200)))

    async with two[0]() as work:
        held = await work.calls.budget(line().scope, line().period, "tokens")
    assert sum(granted) == 50
    assert held.reserved == 500_000


async def test_limits_named_in_any_order_do_not_block_each_other(two: list[UnitOfWorkFactory]):
    scopes = [f"team:{TEAM}", f"user:{TEAM}:{ANNA}", f"user:{TEAM}:{BEN}", "channel:C1"]

    def lines(turned: int) -> list[BudgetLine]:
        return [line(1, scope=scope) for scope in scopes[turned:] + scopes[:turned]][:3]

    granted = await asyncio.gather(*(reserve(two[n % 2], lines(n % 4)) for n in range(100)))

    async with two[0]() as work:
        held = [(await work.calls.budget(scope, line().period, "tokens")).reserved for scope in scopes]
    assert all(granted)
    assert held == [75] * 4


async def test_the_same_reservation_at_once_is_held_once(two: list[UnitOfWorkFactory]):
    reservation = uuid7()

    async def hold(uow: UnitOfWorkFactory) -> bool:
        async with uow() as work:
            full = await work.calls.reserve(reservation, [line(60, cap=100)])
            await work.commit()
        return not full

    assert all(await asyncio.gather(*(hold(two[n % 2]) for n in range(10))))
    async with two[0]() as work:
        assert (await work.calls.budget(line().scope, line().period, "tokens")).reserved == 60


async def test_a_reservation_settled_many_times_at_once_is_booked_once(two: list[UnitOfWorkFactory]):
    reservation = uuid7()
    async with two[0]() as work:
        await work.calls.reserve(reservation, [line(100)])
        await work.commit()

    async def settle(uow: UnitOfWorkFactory) -> bool:
        async with uow() as work:
            first = await work.calls.settle(reservation, {"tokens": 70})
            await work.commit()
        return first

    assert sum(await asyncio.gather(*(settle(two[n % 2]) for n in range(10)))) == 1
    async with two[0]() as work:
        held = await work.calls.budget(line().scope, line().period, "tokens")
    assert (held.spent, held.reserved) == (70, 0)
