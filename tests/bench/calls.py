"""P4: how often Slack is called, and whether it ever has to say no."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from tests.bench import load
from tests.bench.processes import Bot
from tests.bench.remote import Shown
from tests.bench.report import Figure
from tests.bench.stand import Stand

AT_MOST = 25
MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Size:
    """One answer of `tokens` over `seconds`; then `turns` of `short` tokens, so many a minute."""

    tokens: int = 2_000
    seconds: float = 20.0
    turns: int = 30
    per_minute: float = 20.0
    short: int = 200
    speed: float = 60.0


async def bench(stand: Stand, size: Size) -> list[Figure]:
    async with (
        stand.database() as database,
        stand.product(database) as one,
        stand.product(database) as other,
    ):
        return [await measured(stand, (one, other), size)]


async def measured(stand: Stand, bots: Sequence[Bot], size: Size) -> Figure:
    order = stand.workspace.order
    await order("tiers", enforced=True)
    try:
        await order("pace", tokens_per_second=size.tokens / size.seconds)
        await order("counts")
        _, alone = (await stand.turns(bots[0], 1, size.tokens, 1))[0]
        methods = (await order("counts"))["methods"]
        await order("pace", tokens_per_second=size.speed)
        busy = await turn_about(stand, bots, size)
        limited = (await order("counts"))["limited"]
    finally:
        await order("pace", tokens_per_second=0)
        await order("tiers", enforced=False)
    return figure(methods, busy, limited, alone, size)


async def turn_about(stand: Stand, bots: Sequence[Bot], size: Size) -> list[Shown]:
    """Every second turn goes to the other process."""
    questions = await stand.workspace.ask(size.turns, size.short)
    works = [partial(stand.turn, bots[at % len(bots)], question) for at, question in enumerate(questions)]
    answered = await load.open_loop(size.per_minute / MINUTE, works)
    return [shown for _, shown in answered]


def figure(
    methods: dict[str, int], busy: list[Shown], limited: dict[str, int], alone: Shown, size: Size
) -> Figure:
    calls, refused = sum(methods.values()), sum(limited.values())
    every = sum((Counter(shown.calls) for shown in busy), Counter[str]())
    streamed = sum("chat.startStream" in shown.calls for shown in busy)
    return Figure(
        "P4",
        f"Slack calls for an answer of {size.tokens:,} tokens over {size.seconds:g} s; and two processes at "
        f"{size.per_minute:g} turns a minute within Slack’s tiers",
        f"{AT_MOST} or fewer; 429s: 0",
        f"{calls} calls; 429s: {refused}",
        calls <= AT_MOST and not refused,
        (
            f"the one answer: {_listed(methods)}; first text to end {alone.done - alone.first:.1f} s",
            f"{len(busy)} turns of {size.short} tokens, {streamed} of them streamed: {_listed(every)}",
        ),
    )


def _listed(methods: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(methods.items()))
