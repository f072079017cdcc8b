"""P2: chat turns per second of processor time; and the same at ten times the data."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.numbers import median, ratio
from tests.bench.processes import Bot
from tests.bench.report import Figure
from tests.bench.stand import OPEN_GATES, Stand

AT_LEAST = 1.0
AT_ONCE = 12
WARM_UP = 24


@dataclass(frozen=True, slots=True)
class Size:
    """`tokens` is the length of the answer that counts; the other lengths are printed beside it."""

    rounds: int = 5
    turns: int = 120
    tokens: int = 300
    others: tuple[int, ...] = (60, 1000)


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one turn: seconds of processor time of the bot and of PostgreSQL, and from event to whole answer."""

    bot: float
    postgres: float
    latency: float


async def bench(stand: Stand, size: Size) -> list[Figure]:
    async with (
        stand.database() as database,
        stand.floor("chat") as floor,
        stand.product(database, **OPEN_GATES) as product,
    ):
        return [await measured(stand, floor, product, size)]


async def measured(stand: Stand, floor: Bot, product: Bot, size: Size) -> Figure:
    for bot in (floor, product):
        await stand.turns(bot, min(WARM_UP, size.turns), size.tokens, AT_ONCE)
    pairs = await interleaved(stand, floor, product, size, size.tokens, size.rounds)
    beside = {
        tokens: await interleaved(stand, floor, product, size, tokens, max(1, size.rounds - 3))
        for tokens in size.others
    }
    return figure(pairs, beside, size)


async def interleaved(
    stand: Stand, floor: Bot, product: Bot, size: Size, tokens: int, rounds: int
) -> list[tuple[Cost, Cost]]:
    """(floor, ours) of each round."""
    return [
        (await cost(stand, floor, size.turns, tokens), await cost(stand, product, size.turns, tokens))
        for _ in range(rounds)
    ]


async def cost(stand: Stand, bot: Bot, turns: int, tokens: int) -> Cost:
    bot_before, postgres_before = bot.cpu(), await stand.postgres_cpu()
    answers = await stand.turns(bot, turns, tokens, AT_ONCE)
    bot_after, postgres_after = bot.cpu(), await stand.postgres_cpu()
    return Cost(
        (bot_after - bot_before) / turns,
        (postgres_after - postgres_before) / turns,
        median(shown.done - due for due, shown in answers),
    )


def figure(pairs: list[tuple[Cost, Cost]], beside: dict[int, list[tuple[Cost, Cost]]], size: Size) -> Figure:
    found = per_core(pairs)
    ours, floor = _median(pairs, ours=True), _median(pairs, ours=False)
    others = "; ".join(f"{tokens} tokens: {per_core(found):.2f}" for tokens, found in beside.items())
    return Figure(
        "P2",
        "chat turns per second per core, against Bolt + the Anthropic SDK’s stream that stores nothing",
        f"at least {AT_LEAST:g} of it",
        f"{found:.2f} of it ({1 / ours.bot:.0f} against {1 / floor.bot:.0f} turns/s per core)",
        found >= AT_LEAST,
        (
            f"answers of {size.tokens} tokens, {AT_ONCE} turns at once; {size.rounds} rounds of {size.turns}",
            f"processor time a turn: ours {ours.bot * 1000:.1f} ms, floor {floor.bot * 1000:.1f} ms",
            f"PostgreSQL, in processes of its own, {ours.postgres * 1000:.1f} ms more",
            f"other lengths: {others}",
            "floor over the SDK’s aiohttp transport, as ours; Slack’s rate gates off, as its tiers are here",
        ),
    )


def per_core(pairs: list[tuple[Cost, Cost]]) -> float:
    return ratio([floor.bot for floor, _ in pairs], [ours.bot for _, ours in pairs])


def _median(pairs: list[tuple[Cost, Cost]], *, ours: bool) -> Cost:
    costs = [pair[1] if ours else pair[0] for pair in pairs]
    return Cost(
        median(each.bot for each in costs),
        median(each.postgres for each in costs),
        median(each.latency for each in costs),
    )
