"""P11: how long a start takes, and how much memory a process has after its first answer."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from tests.bench.numbers import median, ratio
from tests.bench.processes import Bot
from tests.bench.report import Figure
from tests.bench.stand import Stand

TIMES, MEMORY = 2.0, 1.5
TOKENS = 300
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Size:
    rounds: int = 5


@dataclass(frozen=True, slots=True)
class Start:
    seconds: float
    bytes: int


async def bench(stand: Stand, size: Size) -> list[Figure]:
    floors: list[Start] = []
    ours: list[Start] = []
    async with stand.database() as database:
        for _ in range(size.rounds):
            floors.append(await one_start(stand, stand.floor("bare")))
            ours.append(await one_start(stand, stand.product(database)))
    return [figure(floors, ours, size)]


async def one_start(stand: Stand, starting: AbstractAsyncContextManager[Bot]) -> Start:
    async with starting as bot:
        await stand.turns(bot, 1, TOKENS, 1)
        return Start(bot.started_in, bot.memory())


def figure(floors: list[Start], ours: list[Start], size: Size) -> Figure:
    times = ratio([each.seconds for each in ours], [each.seconds for each in floors])
    memory = ratio([float(each.bytes) for each in ours], [float(each.bytes) for each in floors])
    return Figure(
        "P11",
        "start to ready on a warm database, and memory after one answer, against a bare Bolt app",
        f"at most {TIMES:g} times its time, {MEMORY:g} times its memory",
        f"{times:.2f} times its time, {memory:.2f} times its memory",
        times <= TIMES and memory <= MEMORY,
        (
            f"medians of {size.rounds} starts; ours {_shown(ours)}; floor {_shown(floors)}",
            "the floor imports the SDKs of Slack, Anthropic and OpenAI and answers with a model, stores nothing",
        ),
    )


def _shown(starts: list[Start]) -> str:
    seconds, size = median(each.seconds for each in starts), median(each.bytes for each in starts)
    return f"{seconds:.2f} s and {size / MIB:.0f} MiB"
