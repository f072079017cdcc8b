"""P7: search in a million passages, with the reader's channels, for words rare to very common."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.ext.asyncio import AsyncEngine

from services.entities.library import Query
from services.ports.work import UnitOfWorkFactory
from storage.engine import make_engine
from storage.library.search import best_of, parameters
from storage.uow import DriverConnection, unit_of_work
from tests.bench.numbers import median, quantile, ratio
from tests.bench.report import Figure
from tests.bench.stand import Stand
from tests.databases import Database

TEAM = "T1"
CHANNELS, MINE = 50, 10
WORDS = 20_000
CLASSES: dict[str, tuple[str, ...]] = {
    "very common": ("w0",),
    "common": ("w1", "w2", "w3", "w4", "w5"),
    "frequent": ("w40", "w50", "w60", "w70", "w80"),
    "rare": ("w3000", "w4000", "w5000", "w6000"),
    "very rare": ("needle1", "needle2", "needle3"),
    "two words": ("w1 w9", "w2 w50", "w3 w300", '"w0 w1"'),
}
"""By how often they are said. `w0` is in one of three passages, a needle in ten of all."""
COMMON = ("very common", "common")
SAME_SQL, OF_ALL = 1.3, 0.4
PER_ITEM = 500

Search = Callable[[str], Awaitable[Sequence[object]]]


@dataclass(frozen=True, slots=True)
class Size:
    passages: int = 1_000_000
    rounds: int = 120
    slow_rounds: int = 30
    """Of ranking every match."""


async def bench(stand: Stand, size: Size) -> list[Figure]:
    async with stand.database() as small, stand.database() as large:
        await fill(small, size.passages // 10)
        await fill(large, size.passages)
        return await measured(small, large, size)


async def measured(small: Database, large: Database, size: Size) -> list[Figure]:
    ours, bare, every = await times(large, size)
    before, _, _ = await times(small, size)
    notes = [
        f"{name}: {1000 * median(ours[name]):.1f} ms, p99 {1000 * quantile(ours[name], 0.99):.1f}, "
        f"{ratio(ours[name], bare[name]):.2f} of bare"
        for name in CLASSES
    ]
    ratios = {name: ratio(ours[name], bare[name]) for name in CLASSES}
    worst = max(ratios.values())
    ranked = max(quantile(ours[name], 0.99) / quantile(every[name], 0.99) for name in COMMON)
    grown = {name: median(ours[name]) / median(before[name]) for name in CLASSES}
    growth = max(grown.values())
    what = f"search over {size.passages:,} passages"
    return [
        Figure(
            "P7a", f"{what} against the same SQL through bare asyncpg, worst class", f"≤ {SAME_SQL}",
            f"{worst:.2f}", worst <= SAME_SQL, tuple(notes),
        ),
        Figure(
            "P7b", f"{what}: p99 on common words against ranking every match", f"≤ {OF_ALL}",
            f"{ranked:.2f}", ranked <= OF_ALL,
        ),
        Figure(
            "P7x10", "search at ten times the passages, worst class (printed)", "≤ 10",
            f"{growth:.2f}", growth <= 10,
            tuple(f"{name}: {times_:.2f}" for name, times_ in grown.items()),
        ),
    ]  # fmt: skip


async def times(
    database: Database, size: Size
) -> tuple[dict[str, list[float]], dict[str, list[float]], dict[str, list[float]]]:
    """Seconds by class: ours, the same SQL through the bare driver, and ranking every match; taken in turns."""
    engine = make_engine(database.url, pool_size=1, overflow=0)
    connection = await asyncpg.connect(
        database.dsn, statement_cache_size=500, server_settings={"jit": "off", "statement_timeout": "60000"}
    )
    try:
        ways = (through_us(engine), through_driver(connection), ranking_all(connection))
        found: tuple[dict[str, list[float]], ...] = ({}, {}, {})
        for name, words in CLASSES.items():
            for number in range(size.rounds + 3):
                for way, (search, taken) in enumerate(zip(ways, found, strict=True)):
                    if way == 2 and number >= size.slow_rounds + 3:
                        continue
                    seconds = await timed(search, words[number % len(words)])
                    if number >= 3:
                        taken.setdefault(name, []).append(seconds)
    finally:
        await connection.close()
        await engine.dispose()
    return found[0], found[1], found[2]


async def timed(search: Search, words: str) -> float:
    began = time.perf_counter()
    await search(words)
    return time.perf_counter() - began


def audiences() -> list[str]:
    return [f"C{number}" for number in range(MINE)]


def through_us(engine: AsyncEngine) -> Search:
    async def nothing(_: DriverConnection, task: str, payload: bytes) -> None:
        raise AssertionError("a search queues nothing")

    uow: UnitOfWorkFactory = unit_of_work(engine, nothing)

    async def search(words: str) -> Sequence[object]:
        async with uow(atomic=False) as stores:
            return await stores.library.search(TEAM, audiences(), Query(words), limit=10)

    return search


def through_driver(connection: asyncpg.Connection[asyncpg.Record]) -> Search:
    made = best_of((), any_word=False).compile(dialect=asyncpg_dialect())  # type: ignore[no-untyped-call]
    sql, names = made.string, made.positiontup or ()

    async def search(words: str) -> Sequence[object]:
        given = {**parameters(TEAM, audiences(), Query(words)), "words": words, "at_most": 10, "skipped": 0}
        return await connection.fetch(sql, *(given[name] for name in names))

    return search


def ranking_all(connection: asyncpg.Connection[asyncpg.Record]) -> Search:
    sql = """
    SELECT s.content_id, s.number, s.text, ts_rank_cd(s.tsv, q) AS rank
    FROM transcript_segments s, websearch_to_tsquery('simple', $1) q
    WHERE s.tsv @@ q AND s.content_id IN (
        SELECT c.id FROM contents c WHERE c.team = $2 AND c.deleted_at IS NULL AND EXISTS (
            SELECT FROM content_channels cc
            WHERE cc.content_id = c.id AND cc.team = $2 AND cc.audience = ANY ($3)))
    ORDER BY rank DESC LIMIT 10"""

    async def search(words: str) -> Sequence[object]:
        return await connection.fetch(sql, words, TEAM, audiences())

    return search


async def fill(database: Database, passages: int) -> None:
    """Passages of 12 words, common ones much more often than rare ones; items of 500, each in one of 50 channels."""
    items = max(1, passages // PER_ITEM)
    await database.run(
        "SET statement_timeout = 0",
        f"""INSERT INTO contents (id, team, short, user_id, title, state, stage, object_key, created_at)
        SELECT {_id('n')}, '{TEAM}', lpad(n::text, 6, '0'), 'U1', 'Item ' || n, 'done', 'ready', 'media/' || n,
            now() - (({items} - n) * interval '1 minute') FROM generate_series(1, {items}) n""",
        f"""INSERT INTO content_channels (id, content_id, team, audience, channel, user_id, at)
        SELECT gen_random_uuid(), {_id('n')}, '{TEAM}', 'C' || n % {CHANNELS}, 'C' || n % {CHANNELS}, 'U1', now()
        FROM generate_series(1, {items}) n""",
        "DROP INDEX ix_transcript_segments_tsv",
        f"""INSERT INTO transcript_segments (content_id, number, start_at, end_at, text)
        SELECT {_id(f'1 + n / {PER_ITEM} % {items}')}, n % {PER_ITEM}, n % {PER_ITEM} * 5, n % {PER_ITEM} * 5 + 5,
            {' || '.join(_word() for _ in range(12))}
            || CASE WHEN n % {max(1, passages // 30)} < 3 THEN 'needle' || (1 + n % 3) ELSE '' END
        FROM generate_series(0, {passages - 1}) n""",
        "CREATE INDEX ix_transcript_segments_tsv ON transcript_segments USING gin (tsv)",
        "VACUUM ANALYZE transcript_segments",
        "ANALYZE contents",
        "ANALYZE content_channels",
    )  # fmt: skip


def _word() -> str:
    return f"'w' || floor({WORDS} * power(random(), 3))::int || ' '"


def _id(number: str) -> str:
    """Ids in the order of their numbers, as UUIDv7 are in that of time."""
    return f"('01900000-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"
