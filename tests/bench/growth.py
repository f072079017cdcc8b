"""The chat turn at ten times the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.numbers import median, ratio
from tests.bench.processes import Bot
from tests.bench.report import Figure
from tests.bench.stand import OPEN_GATES, Stand
from tests.bench.throughput import AT_ONCE, WARM_UP, Cost, cost
from tests.databases import Database

TIMES = 10
AT_MOST = 1.5
"""Ours: REQUIREMENTS only asks for the ratio to be printed. Ten would be growing as fast as the data."""
TOKENS = 300


@dataclass(frozen=True, slots=True)
class Size:
    rounds: int = 5
    turns: int = 80
    rows: int = 5_000


async def bench(stand: Stand, size: Size) -> list[Figure]:
    async with stand.database() as small, stand.database() as large:
        await fill(small, stand, size.rows)
        await fill(large, stand, size.rows * TIMES)
        async with stand.product(small, **OPEN_GATES) as one, stand.product(large, **OPEN_GATES) as other:
            return [await measured(stand, one, other, size)]


async def measured(stand: Stand, one: Bot, other: Bot, size: Size) -> Figure:
    """`other` has ten times the data."""
    for bot in (one, other):
        await stand.turns(bot, min(WARM_UP, size.turns), TOKENS, AT_ONCE)
    costs = [
        (await cost(stand, one, size.turns, TOKENS), await cost(stand, other, size.turns, TOKENS))
        for _ in range(size.rounds)
    ]
    return figure(costs, size)


async def fill(database: Database, stand: Stand, rows: int) -> None:
    """`rows` turns of the asker who will ask again, ten to a thread, each with question, answer and call."""
    team, user, channel = stand.workspace.team, stand.workspace.user, stand.workspace.channel
    threads = max(1, rows // 10)
    await database.run(
        f"""INSERT INTO conversations (id, team, channel, channel_kind, thread_ts, history_read, heard_at)
        SELECT {_id("conversation", "n")}, '{team}', '{channel}', 'channel', n || '.000001', true,
            now() - interval '60 days' + n * interval '1 second' FROM generate_series(1, {threads}) n""",
        f"""INSERT INTO turns (id, conversation_id, team, channel, key, user_id, source, state, created_at, started_at)
        SELECT {_id("turn", "n")}, {_id("conversation", f"1 + n % {threads}")}, '{team}', '{channel}',
            n || '.000002', '{user}', 'mention', 'answered', at, at
        FROM (SELECT n, now() - interval '60 days' + n * interval '1 second' AS at
              FROM generate_series(1, {rows}) n) AS each""",
        *(
            f"""INSERT INTO messages (id, conversation_id, team, channel, ts, author, user_id, text, at, turn_id)
            SELECT {_id(author, "n")}, conversation_id, team, channel, {ts}, '{author}', user_id,
                repeat('Launch videos need a plan. ', {length}), created_at, turns.id
            FROM turns, LATERAL (SELECT key::float8::bigint AS n) AS each"""
            for author, ts, length in (("person", "key", 4), ("us", "NULL", 40))
        ),
        f"""INSERT INTO ai_calls (id, team, user_id, channel, provider, model, purpose, started_at, turn_id, outcome,
            tokens_in, tokens_out, cost)
        SELECT {_id("call", "key")}, team, user_id, channel, 'anthropic', 'claude-sonnet-5-5', 'chat', created_at,
            id, 'answered', 500, 300, 0.006 FROM turns""",
        f"""INSERT INTO posts (id, turn_id, part, kind, team, channel, thread_ts, at, ts, sealed, length)
        SELECT {_id("post", "key")}, id, 1, 'stream', team, channel, key, created_at, key || '9', true, 1200
        FROM turns""",
        """INSERT INTO slack_events (team, event_id, kind, at)
        SELECT team, 'Ev' || key || twin, 'mention', created_at FROM turns, generate_series(1, 2) twin""",
        "VACUUM ANALYZE",
    )


def _id(kind: str, number: str) -> str:
    return f"md5('{kind}' || ({number}))::uuid"


def figure(costs: list[tuple[Cost, Cost]], size: Size) -> Figure:
    def grown(part: Callable[[Cost], float]) -> float:
        return ratio([part(large) for _, large in costs], [part(small) for small, _ in costs])

    work, latency = grown(lambda each: each.bot + each.postgres), grown(lambda each: each.latency)
    bot, postgres = grown(lambda each: each.bot), grown(lambda each: each.postgres)
    small = median(each.postgres for each, _ in costs) * 1000
    return Figure(
        "P2x10",
        f"one chat turn with {size.rows * TIMES:,} turns in the tables, against {size.rows:,}",
        f"the ratio printed (we ask for at most {AT_MOST:g})",
        f"{work:.2f} times the processor time, {latency:.2f} times the time to the whole answer",
        work <= AT_MOST and latency <= AT_MOST,
        (
            f"the bot alone {bot:.2f} times, PostgreSQL alone {postgres:.2f} times ({small:.1f} ms a turn)",
            f"medians of {size.rounds} rounds of {size.turns} turns",
        ),
    )
