"""R8: a provider stalls, dies or reports an error after some tokens.

Bar: the partial answer is kept and marked within 30 s, its tokens settled, "Continue" offered; nothing is paid
again by itself. The stall time-out is the product's own.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass

from sandbox.providers.faults import PROVIDERS, Fault
from tests.chaos.ground import Ground, running, set_up
from tests.chaos.proxy import Proxy
from tests.chaos.report import Line
from tests.chaos.stage import Asked, ChaosStage
from tests.e2e.stage import everything, said

BAR = "a stall or cut after some tokens: kept and marked within 30 s, settled, Continue offered, nothing paid again"
WITHIN = 30.0
TIMES = 10
AT = 25  # tokens
WORDS = " ".join(f"word{number}" for number in range(80))
KINDS = {
    "stall": Fault("stall", at=AT),
    "cut": Fault("cut", at=AT),
    "error event": Fault("error_event", at=AT, error="overloaded_error"),
}
SPEED = 100.0
SILENCE = 3.0  # seconds in which nothing may be paid


@dataclass(frozen=True, slots=True)
class Broken:
    name: str
    asked: Asked
    at: float


async def run(ground: Ground, scale: float, *, stall_seconds: str | None = None) -> Line:
    """`stall_seconds` shortens the product's time-out, for tests."""
    times = max(1, round(TIMES * scale))
    variables = {"SHOWRUNNER_RATE_GATES": "false"}
    if stall_seconds:
        variables["SHOWRUNNER_STALL_SECONDS"] = stall_seconds
    async with (
        ground.database() as database,
        set_up(database) as stage,
        Proxy.before(stage.sandbox.url) as proxy,
    ):
        variables["OPENAI_BASE_URL"] = proxy.instead_of(f"{stage.sandbox.url}/openai/v1")
        async with running(stage, 1, apart=ground.apart, **variables):
            return await all_kinds(stage, proxy, times)


async def all_kinds(stage: ChaosStage, proxy: Proxy, times: int) -> Line:
    stage.sandbox.providers.speed = SPEED
    found: Counter[str] = Counter()
    slowest = 0.0
    for name in (*KINDS, "cut on the wire"):
        broken = [await break_one(stage, proxy, name) for _ in range(times)]
        took = await asyncio.gather(*(marked(stage, each) for each in broken))
        slowest = max(slowest, *took)
        for each in broken:
            found += await judged(stage, each)
        await heal(stage)
    paid = len(stage.paid)
    await asyncio.sleep(SILENCE)
    found["paid again by itself"] += len(stage.paid) - paid
    for asked in stage.asked[::3]:
        found += await go_on(stage, asked)
    late = slowest > WITHIN
    wrong = {name: count for name, count in found.items() if name not in {"breaks", "continued"} and count}
    told = (
        ", ".join(f"{name} {count}" for name, count in sorted(wrong.items())) or "all kept, settled, offered"
    )
    figure = f"{found['breaks']} breaks, slowest marked after {slowest:.1f} s: {told}; continued {found['continued']}"
    return Line("R8", BAR, figure, not wrong and not late)


async def break_one(stage: ChaosStage, proxy: Proxy, name: str) -> Broken:
    """Whichever provider answers meets the fault; on the wire the second one's connection is reset."""
    faults = stage.sandbox.providers.faults
    if name in KINDS:
        for provider in PROVIDERS:
            faults.push(provider, KINDS[name])
    else:
        faults.stand("anthropic", Fault("status", status=529))
    asked = await stage.ask(words=WORDS)
    await stage.sandbox.wait_for(lambda: stage.answers_with(asked), 30)
    if name not in KINDS:
        proxy.cut_all()
    faults.clear()
    return Broken(name, asked, time.monotonic())


async def marked(stage: ChaosStage, broken: Broken) -> float:
    """Seconds from the first text to the mark that the answer broke off."""
    asked = broken.asked
    await stage.sandbox.wait_for(
        lambda: [m for m in stage.whole_answers(asked) if "Broke off" in everything(m)], WITHIN + 15
    )
    return time.monotonic() - broken.at


async def heal(stage: ChaosStage) -> None:
    """Until the first provider answers again: a breaker rests half a minute."""
    async with asyncio.timeout(60):
        while True:
            asked = await stage.ask()
            turn = await stage.ended(asked)
            stage.asked.remove(asked)
            rows = await stage.rows("SELECT provider FROM ai_calls WHERE turn_id = $1", turn["id"])
            if [row["provider"] for row in rows] == ["anthropic"]:
                return
            await asyncio.sleep(1)


async def judged(stage: ChaosStage, broken: Broken) -> Counter[str]:
    asked, name = broken.asked, broken.name
    found: Counter[str] = Counter(breaks=1)
    turn = await stage.ended(asked)
    rows = await stage.rows(
        "SELECT outcome, tokens_in, tokens_out, cost FROM ai_calls WHERE turn_id = $1 AND outcome <> 'failed'",
        turn["id"],
    )
    answers = stage.answers_with(asked)
    found[f"{name}: {turn['state']}"] += turn["state"] != "partial"
    found[f"{name}: call {[row['outcome'] for row in rows]}"] += [r["outcome"] for r in rows] != ["partial"]
    found[f"{name}: tokens not booked"] += any(not r["tokens_in"] or not r["tokens_out"] for r in rows)
    found[f"{name}: reservation left"] += str(turn["id"]) in await stage.reserved()
    found[f"{name}: no Continue"] += not any("chat.continue" in everything(message) for message in answers)
    found[f"{name}: shown in {len(answers)} messages"] += len(answers) != 1
    found[f"{name}: nothing kept"] += not any("word1" in said(message) for message in answers)
    return found


async def go_on(stage: ChaosStage, asked: Asked) -> Counter[str]:
    """Continue pays exactly once more, and the two messages together say everything once."""
    found: Counter[str] = Counter()
    paid = len(stage.paid)
    first = stage.answers_with(asked)[0]
    await stage.people.press("ana", "chat.continue", first)
    await stage.answers(asked.channel, asked.ts, 2, timeout=30)
    await stage.settled(asked.channel, 30)
    found["continued"] += 1
    found["Continue paid otherwise than once"] += len(stage.paid) - paid != 1
    return found
