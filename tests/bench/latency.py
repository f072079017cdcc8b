"""P3: from an event to the first text of the model in Slack, without the provider's own time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from tests.bench import load
from tests.bench.numbers import median, quantile, ratio
from tests.bench.processes import Bot
from tests.bench.report import Figure
from tests.bench.stand import OPEN_GATES, Stand

AT_MOST = 2.5
TOKENS = 300


@dataclass(frozen=True, slots=True)
class Size:
    rounds: int = 4
    turns: int = 100
    rate: float = 10.0


@dataclass(frozen=True, slots=True)
class Round:
    p50: float
    p99: float


async def bench(stand: Stand, size: Size) -> list[Figure]:
    async with (
        stand.database() as database,
        stand.floor("chat") as floor,
        stand.product(database, **OPEN_GATES) as product,
    ):
        return [await measured(stand, floor, product, size)]


async def measured(stand: Stand, floor: Bot, product: Bot, size: Size) -> Figure:
    floors: list[Round] = []
    ours: list[Round] = []
    for bot in (floor, product):
        await one_round(stand, bot, Size(1, min(10, size.turns), size.rate))
    for _ in range(size.rounds):
        floors.append(await one_round(stand, floor, size))
        ours.append(await one_round(stand, product, size))
    return figure(floors, ours, size)


async def one_round(stand: Stand, bot: Bot, size: Size) -> Round:
    questions = await stand.workspace.ask(size.turns, TOKENS)
    answered = await load.open_loop(size.rate, [partial(stand.turn, bot, question) for question in questions])
    took = [shown.first - due - shown.provider for due, shown in answered]
    return Round(quantile(took, 0.5), quantile(took, 0.99))


def figure(floors: Sequence[Round], ours: Sequence[Round], size: Size) -> Figure:
    half = ratio([each.p50 for each in ours], [each.p50 for each in floors])
    most = ratio([each.p99 for each in ours], [each.p99 for each in floors])
    return Figure(
        "P3",
        f"event to first model text in Slack at {size.rate:g} turns/s, without the provider’s time",
        f"p50 and p99 at most {AT_MOST:g} times the floor of P2",
        f"p50 {half:.2f} times, p99 {most:.2f} times",
        half <= AT_MOST and most <= AT_MOST,
        (
            f"medians of {size.rounds} rounds of {size.turns} turns, open loop, timed from when each was due",
            f"ours {_ms(ours)}; floor {_ms(floors)}",
        ),
    )


def _ms(rounds: Sequence[Round]) -> str:
    p50, p99 = median(each.p50 for each in rounds), median(each.p99 for each in rounds)
    return f"p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms"
