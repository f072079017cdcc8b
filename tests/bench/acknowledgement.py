"""P1: how soon a signed event is acknowledged, with the durable inbox on and the turns being answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from tests.bench import load
from tests.bench.load import Sent
from tests.bench.numbers import median, quantile, ratio
from tests.bench.processes import Bot
from tests.bench.report import Figure
from tests.bench.stand import OPEN_GATES, Stand

TOKENS = 60
SLOWEST = 1.0
AT_MOST = 3.0


@dataclass(frozen=True, slots=True)
class Size:
    rounds: int = 4
    seconds: float = 8.0
    rate: float = 50.0


@dataclass(frozen=True, slots=True)
class Round:
    p50: float
    p99: float
    slowest: float


async def bench(stand: Stand, size: Size) -> list[Figure]:
    async with (
        stand.database() as database,
        stand.floor("ok") as floor,
        stand.product(database, **OPEN_GATES) as product,
    ):
        return [await measured(stand, floor, product, size)]


async def measured(stand: Stand, floor: Bot, product: Bot, size: Size) -> Figure:
    floors: list[Round] = []
    ours: list[Round] = []
    for bot in (floor, product):
        await one_round(stand, bot, Size(1, min(1.0, size.seconds), size.rate))
    for _ in range(size.rounds):
        floors.append(await one_round(stand, floor, size))
        ours.append(await one_round(stand, product, size))
    return figure(floors, ours, size)


async def one_round(stand: Stand, bot: Bot, size: Size) -> Round:
    """Mentions and their twins, one by one at an even rate; ends when the last of them is answered."""
    questions = await stand.workspace.ask(int(size.rate * size.seconds / 2), TOKENS)
    bodies = [event for question in questions for event in question.events]
    sent = await load.open_loop(
        size.rate, [partial(stand.slack.send, bot.events_url, body) for body in bodies]
    )
    await stand.workspace.answers(questions)
    return of(sent)


def of(sent: Sequence[Sent]) -> Round:
    refused = [each.status for each in sent if each.status != 200]
    if refused:
        raise RuntimeError(f"{len(refused)} events were not acknowledged, the first with {refused[0]}")
    took = [each.took for each in sent]
    return Round(quantile(took, 0.5), quantile(took, 0.99), max(took))


def figure(floors: Sequence[Round], ours: Sequence[Round], size: Size) -> Figure:
    half = ratio([each.p50 for each in ours], [each.p50 for each in floors])
    most = ratio([each.p99 for each in ours], [each.p99 for each in floors])
    slowest = max(each.slowest for each in ours)
    return Figure(
        "P1",
        f"acknowledgement at {size.rate:g} events/s, against a bare Bolt app that posts “ok”",
        f"p50 and p99 at most {AT_MOST:g} times it; none over {SLOWEST:g} s",
        f"p50 {half:.2f} times, p99 {most:.2f} times; slowest {slowest * 1000:.0f} ms",
        half <= AT_MOST and most <= AT_MOST and slowest <= SLOWEST,
        (
            f"medians of {size.rounds} rounds of {size.seconds:g} s, open loop, timed from when each was due",
            f"ours {_ms(ours)}; floor {_ms(floors)}",
            "every second event is a mention that a model answers meanwhile; the others are their twins",
        ),
    )


def _ms(rounds: Sequence[Round]) -> str:
    p50, p99 = median(each.p50 for each in rounds), median(each.p99 for each in rounds)
    return f"p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms"
