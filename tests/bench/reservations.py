"""P9: reservations of 200 requests at once on one person, against one bare UPDATE … RETURNING."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import uuid4
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import SystemClock
from services.calendar import Calendar
from services.entities import Actor
from services.entities.limits import Amount
from services.limits import LimitsService
from services.people import PeopleService
from services.policy import Policy
from storage.engine import make_engine
from storage.uow import unit_of_work
from tests.bench.report import Figure
from tests.databases import Database

BAR = 0.5
CONNECTIONS = 20  # the program's own pool, and the floor's
ANNA = Actor("T1", "U1")
FLOOR_TABLE = (
    "CREATE TABLE floor (id int PRIMARY KEY, reserved bigint NOT NULL); INSERT INTO floor VALUES (1, 0)"
)
FLOOR = "UPDATE floor SET reserved = reserved + $1 WHERE id = 1 AND reserved + $1 <= $2 RETURNING reserved"


class Databases(Protocol):
    def database(self) -> AbstractAsyncContextManager[Database]: ...


@dataclass(frozen=True, slots=True)
class Size:
    """`requests` at once, `waves` times in each round; the first round warms up."""

    requests: int = 200
    waves: int = 10
    rounds: int = 7
    amount: int = 100
    fitting: float = 0.9
    """Share of the ledger's requests that fit under the cap: the last ones are refused."""


async def bench(stand: Databases, size: Size) -> list[Figure]:
    async with stand.database() as database:
        return [await measured(database, size)]


async def measured(database: Database, size: Size) -> Figure:
    await database.run(FLOOR_TABLE)
    engine = make_engine(database.url)
    pool = await asyncpg.create_pool(database.dsn, min_size=CONNECTIONS, max_size=CONNECTIONS)
    try:
        return await turn_about(engine, pool, size)
    finally:
        await pool.close()
        await engine.dispose()


async def turn_about(engine: AsyncEngine, pool: asyncpg.Pool, size: Size) -> Figure:
    uow = unit_of_work(engine, no_jobs)
    people = PeopleService(uow, None, SystemClock())  # type: ignore[arg-type] - nobody is asked for without roles
    limits = LimitsService(
        uow, SystemClock(), Calendar(ZoneInfo("UTC")), people, Policy((), guests=False), 2**60
    )

    async def ours() -> None:
        await limits.reserve(uuid4(), ANNA, Amount(size.amount, size.amount), channel="C1")

    async def bare() -> None:
        await pool.fetchval(FLOOR, size.amount, 2**60)

    floors, products = [], []
    for at in range(size.rounds + 1):
        floor, product = await rate(bare, size), await rate(ours, size)
        if at:
            floors.append(floor)
            products.append(product)
    over, several = await at_the_edge(uow, limits, size)
    return figure(floors, products, over, several)


async def rate(one: Callable[[], Awaitable[None]], size: Size) -> float:
    began = time.perf_counter()
    for _ in range(size.waves):
        await asyncio.gather(*(one() for _ in range(size.requests)))
    return size.requests * size.waves / (time.perf_counter() - began)
