"""P9: reservations of 200 requests at once on one person, against one bare UPDATE … RETURNING."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import uuid4
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import SystemClock
from services.calendar import Calendar
from services.entities.conversations import Place, ThreadMessage
from services.entities.limits import Amount
from services.entities.people import Actor, Person
from services.errors import NotEnoughBudget, NotFound
from services.limits import LimitsService
from services.people import PeopleService
from services.policy import Policy
from storage.engine import make_engine
from storage.uow import DriverConnection, unit_of_work
from tests.bench.numbers import median, ratio
from tests.bench.report import Figure
from tests.databases import Database

BAR = 0.5
CONNECTIONS = 20  # the program's own pool, and the floor's
ANNA = Actor("T1", "U1")
FLOOR_TABLE = (
    "CREATE TABLE floor (id int PRIMARY KEY, reserved bigint NOT NULL)",
    "INSERT INTO floor VALUES (1, 0)",
)
FLOOR = "UPDATE floor SET reserved = reserved + $1 WHERE id = 1 AND reserved + $1 <= $2 RETURNING reserved"


class Databases(Protocol):
    def database(self) -> AbstractAsyncContextManager[Database]: ...


@dataclass(frozen=True, slots=True)
class Size:
    """`requests` at once, `waves` times in each round; one round more warms up."""

    requests: int = 200
    waves: int = 10
    rounds: int = 7
    amount: int = 100


async def bench(stand: Databases, size: Size) -> list[Figure]:
    async with stand.database() as database:
        return [await measured(database, size)]


async def measured(database: Database, size: Size) -> Figure:
    await database.run(*FLOOR_TABLE)
    pool = await asyncpg.create_pool(database.dsn, min_size=CONNECTIONS, max_size=CONNECTIONS)
    engines = [make_engine(database.url) for _ in range(2)]
    try:
        floors, products = await turn_about(limits_over(engines[0], 2**60), pool, size)
        return figure(floors, products, await at_the_edge(engines, size), size)
    finally:
        await pool.close()
        await asyncio.gather(*(engine.dispose() for engine in engines))


def limits_over(engine: AsyncEngine, daily: int) -> LimitsService:
    uow, clock = unit_of_work(engine, no_jobs), SystemClock()
    people = PeopleService(uow, Nobody(), clock)
    return LimitsService(uow, clock, Calendar(ZoneInfo("UTC")), people, Policy((), guests=False), daily)


async def turn_about(
    limits: LimitsService, pool: asyncpg.Pool[asyncpg.Record], size: Size
) -> tuple[list[float], list[float]]:
    """Reservations a second of each round, first the floor's."""
    amount = Amount(size.amount)

    async def ours() -> None:
        await limits.reserve(uuid4(), ANNA, amount, channel="C1")

    async def bare() -> None:
        await pool.fetchval(FLOOR, size.amount, 2**60)

    rates = [(await rate(bare, size), await rate(ours, size)) for _ in range(size.rounds + 1)]
    return [floor for floor, _ in rates[1:]], [product for _, product in rates[1:]]


async def rate(one: Callable[[], Awaitable[None]], size: Size) -> float:
    began = time.perf_counter()
    for _ in range(size.waves):
        await asyncio.gather(*(one() for _ in range(size.requests)))
    return size.requests * size.waves / (time.perf_counter() - began)


async def at_the_edge(engines: Sequence[AsyncEngine], size: Size) -> tuple[int, int]:
    """Granted beyond the cap, and refused though it fitted; two desks, of which each thinks itself alone."""
    cap = size.requests * size.amount // 2
    desks = [limits_over(engine, cap) for engine in engines]
    over = under = 0
    for at in range(size.waves):
        who = Actor("T1", f"EDGE{at}")
        fitted = sum(await asyncio.gather(*(fits(desks[no % 2], who, size) for no in range(size.requests))))
        held = max(state.reserved for state in await desks[0].states(who, None))
        over += max(0, held - cap) + abs(held - fitted * size.amount)
        under += max(0, cap - held)
    return over, under


async def fits(limits: LimitsService, who: Actor, size: Size) -> bool:
    try:
        await limits.reserve(uuid4(), who, Amount(size.amount), channel="C1")
    except NotEnoughBudget:
        return False
    return True


def figure(floors: list[float], products: list[float], edge: tuple[int, int], size: Size) -> Figure:
    share, (over, under) = ratio(products, floors), edge
    return Figure(
        "P9",
        f"budget reservations at {size.requests} concurrent requests on one user",
        f"at least {BAR} of a bare UPDATE … RETURNING; overspend 0",
        f"{share:.2f}; overspend {over}",
        share >= BAR and not over,
        (
            f"{median(products):,.0f} a second, the floor {median(floors):,.0f}, {CONNECTIONS} connections each",
            f"at the edge of the day, two pools: {over} tokens too many granted, {under} left that would have fitted",
        ),
    )


class Nobody:
    """The SlackDirectory port: without limits of roles nobody is asked for."""

    async def person(self, actor: Actor) -> Person:
        raise NotFound(actor.user)

    async def thread(self, place: Place, *, limit: int) -> Sequence[ThreadMessage]:
        return ()

    async def message(
        self, team: str, channel: str, ts: str, thread_ts: str | None = None
    ) -> ThreadMessage | None:
        return None


async def no_jobs(connection: DriverConnection, task: str, payload: bytes) -> None:
    raise AssertionError(task)
