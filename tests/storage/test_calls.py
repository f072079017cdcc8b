"""The ledger of provider calls."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.entities.calls import CallOutcome, ModelCall, Usage
from services.entities.people import Actor
from services.errors import LostClaim
from services.ports.work import UnitOfWorkFactory
from storage.tables import usage_daily
from tests.factories import after, call, day, mention, used
from tests.storage.acts import asked, claimed


async def test_a_begun_call_is_unfinished(stores: UnitOfWorkFactory):
    turn = await asked(stores, mention())
    begun = call(turn_id=turn.id)

    async with stores() as uow:
        await uow.calls.begin(begun)
        assert await uow.calls.unfinished(turn.id) == [begun]


async def test_a_finished_call_keeps_what_it_used(stores: UnitOfWorkFactory):
    turn = await asked(stores, mention())
    begun = call(turn_id=turn.id)
    finished = replace(begun, outcome=CallOutcome.ANSWERED, **used())

    async with stores() as uow:
        await uow.calls.begin(begun)
        await uow.calls.finish(finished)
        assert await uow.calls.unfinished(turn.id) == []
        assert await uow.calls.of_turn(turn.id) == [finished]


async def test_a_second_finish_changes_nothing(stores: UnitOfWorkFactory):
    turn = await asked(stores, mention())
    begun = call(turn_id=turn.id)
    finished = replace(begun, outcome=CallOutcome.PARTIAL, **used(100))

    async with stores() as uow:
        await uow.calls.begin(begun)
        await uow.calls.finish(finished)
        await uow.calls.finish(replace(begun, outcome=CallOutcome.ANSWERED, **used(900)))
        assert await uow.calls.of_turn(turn.id) == [finished]


async def test_an_uncertain_call_waits_for_the_person(stores: UnitOfWorkFactory):
    turn = await asked(stores, mention())
    begun = call(turn_id=turn.id)

    async with stores() as uow:
        await uow.calls.begin(begun)
        await uow.calls.set_outcome(begun.id, CallOutcome.UNCERTAIN)
        assert await uow.calls.unfinished(turn.id) == [replace(begun, outcome=CallOutcome.UNCERTAIN)]
        await uow.calls.set_outcome(begun.id, CallOutcome.RELEASED)
        assert await uow.calls.unfinished(turn.id) == []


async def test_the_calls_of_a_turn_are_in_order(stores: UnitOfWorkFactory):
    turn = await asked(stores, mention())
    calls = [call(turn_id=turn.id, started_at=after(seconds)) for seconds in (0, 1, 2)]

    async with stores() as uow:
        for one in (calls[2], calls[0], calls[1], call()):
            await uow.calls.begin(one)
        assert await uow.calls.of_turn(turn.id) == calls


# ---- the rollup: only the real one has it ------------------------------------------------------


async def finish(uow: UnitOfWorkFactory, **given: object) -> None:
    begun = call()
    async with uow() as work:
        await work.calls.begin(begun)
        await work.calls.finish(replace(begun, outcome=CallOutcome.ANSWERED, **(used() | given)))
        await work.commit()


async def rollup(engine: AsyncEngine) -> list[dict[str, object]]:
    async with engine.connect() as connection:
        return [dict(row._mapping) for row in await connection.execute(select(usage_daily))]


async def test_finished_calls_add_up_in_the_rollup(uow: UnitOfWorkFactory, engine: AsyncEngine):
    for _ in range(3):
        await finish(uow)

    [total] = await rollup(engine)
    assert (total["calls"], total["tokens_in"], total["tokens_out"]) == (3, 300, 30)
    assert (total["cached_read"], total["cost"], total["unpriced"]) == (150, Decimal("0.0045"), 0)


async def test_calls_at_an_unknown_price_are_counted(uow: UnitOfWorkFactory, engine: AsyncEngine):
    await finish(uow, cost=None)
    await finish(uow)

    [total] = await rollup(engine)
    assert (total["unpriced"], total["cost"]) == (1, Decimal("0.0015"))


@pytest.mark.parametrize("open_outcome", [CallOutcome.STARTED, CallOutcome.UNCERTAIN])
async def test_an_open_call_is_not_in_the_rollup(
    uow: UnitOfWorkFactory, engine: AsyncEngine, open_outcome: CallOutcome
):
    begun = call()
    async with uow() as work:
        await work.calls.begin(begun)
        await work.calls.finish(replace(begun, outcome=open_outcome, **used()))
        await work.commit()

    assert await rollup(engine) == []


async def test_the_rollup_equals_the_log_in_every_cell(uow: UnitOfWorkFactory, engine: AsyncEngine):
    """Over random calls: of several people, days, models and ends, priced or not, from our store or not."""
    random = Random(5)
    for _ in range(120):
        async with uow() as work:
            begun = random_call(random)
            await work.calls.begin(begun)
            for _ in range(random.randint(1, 2)):
                await work.calls.finish(random_end(random, begun))
            await work.commit()

    assert {key(row): row for row in await rollup(engine)} == {key(row): row for row in await log(engine)}


CELL = ("team", "day", "user_id", "channel", "provider", "model", "purpose")
AGGREGATED = text(f"""
SELECT {", ".join(CELL)}, count(*) AS calls, sum(tokens_in) AS tokens_in, sum(cached_read) AS cached_read,
    sum(cached_write) AS cached_write, sum(tokens_out) AS tokens_out, sum(coalesce(cost, 0)) AS cost,
    count(*) FILTER (WHERE cost IS NULL AND (tokens_in > 0 OR tokens_out > 0 OR seconds > 0)) AS unpriced,
    count(*) FILTER (WHERE outcome = 'failed') AS failed, count(*) FILTER (WHERE failover) AS failovers,
    count(*) FILTER (WHERE outcome = 'cached') AS hits, sum(saved) AS saved,
    sum(coalesce(seconds, 0)) AS seconds, count(*) FILTER (WHERE searched) AS searches
FROM ai_calls WHERE outcome NOT IN ('started', 'uncertain') GROUP BY {", ".join(CELL)}
""")


def key(row: dict[str, object]) -> tuple[object, ...]:
    return tuple(row[name] for name in CELL)


async def log(engine: AsyncEngine) -> list[dict[str, object]]:
    async with engine.connect() as connection:
        return [dict(row._mapping) for row in await connection.execute(AGGREGATED)]


def random_call(random: Random) -> ModelCall:
    return call(
        actor=Actor("T1", random.choice(["UA", "UB"])),
        channel=random.choice(["C1", "D1"]),
        model=random.choice(["claude-sonnet-5-5", "unknown"]),
        purpose=random.choice(["chat", "summary"]),
        day=day(random.randint(0, 1)),
    )


def random_end(random: Random, begun: ModelCall) -> ModelCall:
    tokens = random.choice([0, random.randint(1, 9_000)])
    return replace(
        begun,
        outcome=random.choice([one for one in CallOutcome if one is not CallOutcome.STARTED]),
        usage=Usage(tokens, tokens // 3, tokens // 5, tokens // 7, estimated=random.random() < 0.2),
        cost=None if random.random() < 0.3 else Decimal(random.randint(0, 99_999_999)) / 10**8,
        saved=Decimal(random.randint(0, 9_999_999)) / 10**8,
        failover=random.random() < 0.3,
        seconds=random.choice([None, Decimal(random.randint(0, 9_999)) / 10]),
        searched=random.random() < 0.2,
    )


async def test_what_a_call_saved_took_over_and_listened_to_is_kept(stores: UnitOfWorkFactory):
    turn = await asked(stores, mention())
    begun = call(turn_id=turn.id, day=day(-1))
    finished = replace(
        begun, outcome=CallOutcome.CACHED, saved=Decimal("0.5"), failover=True, seconds=Decimal("61.5")
    )

    async with stores() as uow:
        await uow.calls.begin(begun)
        await uow.calls.finish(finished)
        assert await uow.calls.of_turn(turn.id) == [finished]


async def test_a_call_is_rolled_up_once(uow: UnitOfWorkFactory, engine: AsyncEngine):
    begun = call()
    async with uow() as work:
        await work.calls.begin(begun)
        await work.calls.set_outcome(begun.id, CallOutcome.UNCERTAIN)
        await work.calls.finish(replace(begun, outcome=CallOutcome.ANSWERED, **used()))
        await work.calls.finish(replace(begun, outcome=CallOutcome.ANSWERED, **used()))
        await work.calls.set_outcome(begun.id, CallOutcome.RELEASED)
        await work.commit()

    [total] = await rollup(engine)
    assert total["calls"] == 1


async def test_a_claim_that_was_lost_in_a_crash_pays_nothing(stores: UnitOfWorkFactory):
    """The claim after it has the same number, but another name."""
    work = await claimed(stores, mention())
    theirs, ours = call(turn_id=work.turn.id), call(turn_id=work.turn.id)

    async with stores() as uow:
        with pytest.raises(LostClaim):
            await uow.calls.begin(theirs, attempt=1, worker="w0")
    async with stores() as uow:
        await uow.calls.begin(ours, attempt=1, worker="w1")
        assert await uow.calls.of_turn(work.turn.id) == [ours]


async def test_without_its_reservation_a_call_does_not_begin(stores: UnitOfWorkFactory):
    work = await claimed(stores, mention())

    async with stores() as uow:
        with pytest.raises(LostClaim):
            await uow.calls.begin(call(turn_id=work.turn.id), work.turn.id, attempt=1, worker="w1")
