"""R9: 200 questions at once at the edge of a 500,000-token day, of two processes, under several limits.

Bar: overspend 0 on every limit, at every look and in the end; what was booked equals what the provider counted for
every call that returned usage, all others are marked estimated.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sandbox.providers.faults import Fault
from sandbox.state import Channel
from tests.chaos.ground import Ground
from tests.chaos.report import Line
from tests.chaos.stage import ChaosStage

BAR = (
    "overspend 0 on every limit; the ledger equals what the provider counted for every call that returned usage, "
    "others are marked estimated"
)
QUESTIONS, ROUNDS = 200, 20
DAY = 500_000
WORDS = "one two three four five six seven eight nine ten"
FAULTS = (Fault("status", status=529), Fault("cut", at=4), Fault("cut", at=0))


@dataclass(frozen=True, slots=True)
class Cap:
    """One limit, and how much of it a round leaves where this is the tight one."""

    kind: str
    scope: str
    period: str
    unit: str
    cap: int
    room: int


async def run(ground: Ground, scale: float, *, questions: int = QUESTIONS, programs: int = 2) -> Line:
    rounds = max(1, round(ROUNDS * scale))
    found: Counter[str] = Counter()
    async with ground.world(
        programs, SHOWRUNNER_DAILY_TOKENS=str(DAY), SHOWRUNNER_RATE_GATES="false"
    ) as stage:
        channel = stage.channel()
        caps = await limited(stage, channel)
        for at in range(rounds):
            found += await one_round(stage, channel, caps, caps[at % len(caps)], questions)
    wrong = {
        name: count for name, count in found.items() if name not in {"asked", "answered", "refused"} and count
    }
    told = (
        ", ".join(f"{name} {count}" for name, count in sorted(wrong.items())) or "overspend 0, ledgers equal"
    )
    figure = (
        f"{rounds} rounds of {questions} at once, {programs} processes, {len(caps)} limits at once: "
        f"{found['answered']} answered, {found['refused']} refused; {told}"
    )
    return Line("R9", BAR, figure, not wrong)


async def limited(stage: ChaosStage, channel: Channel) -> list[Cap]:
    """Four limits over Ana's questions in the channel, each with its counter."""
    await stage.ended(await stage.ask(channel))
    [asker] = await stage.rows("SELECT team, user_id FROM turns")
    user, team = asker["user_id"], asker["team"]
    caps = [
        Cap("", f"user:{team}:{user}", "day", "tokens", DAY, 20_000),
        Cap("person", f"user:{team}:{user}", "month", "microdollars", 20_000_000, 300_000),
        Cap("channel", f"channel:{team}:{channel.id}", "day", "tokens", 800_000, 30_000),
        Cap("workspace", f"workspace:{team}", "month", "tokens", 900_000, 25_000),
    ]
    for cap in caps[1:]:
        subject = cap.scope.split(":")[2] if cap.scope.count(":") > 1 else ""
        await stage.rows(
            "INSERT INTO limits VALUES ($1, $2, $3, $4, $5, $6, 'UBOSS', now())",
            team, cap.kind, subject, cap.period, cap.unit, cap.cap,
        )  # fmt: skip
    await stage.rows("INSERT INTO limit_versions VALUES ($1, 7)", team)
    await stage.ended(await stage.ask(channel))
    return caps


async def one_round(
    stage: ChaosStage, channel: Channel, caps: list[Cap], tight: Cap, questions: int
) -> Counter[str]:
    found: Counter[str] = Counter(asked=questions)
    before = {cap: await fill(stage, cap, cap.room if cap is tight else cap.cap // 2) for cap in caps}
    known = {row["id"] for row in await stage.rows("SELECT id FROM ai_calls")}
    paid_before = len(stage.paid)
    for fault in FAULTS:
        stage.sandbox.providers.faults.push("anthropic", fault)
    async with watched(stage, caps) as seen:
        stage.asked.clear()
        asked = await asyncio.gather(*(stage.ask(channel, words=WORDS) for _ in range(questions)))
        turns = await stage.all_ended(timeout=300)
    stage.sandbox.providers.faults.clear()
    states = Counter(turns[channel.id, one.ts]["state"] for one in asked)
    found["answered"] += states["answered"] + states["partial"]
    found["refused"] += states["refused"]
    for state in states.keys() - {"answered", "partial", "refused"}:
        found[f"ended {state}"] += states[state]
    found["nobody refused"] += not states["refused"]
    found["nobody answered"] += not states["answered"]
    found["looks at which a limit was passed"] += seen["over"]
    calls = [row for row in await stage.rows("SELECT * FROM ai_calls") if row["id"] not in known]
    for cap, spent in before.items():
        found += await booked(stage, cap, spent, calls)
    return found + compared(stage, calls, paid_before)


async def fill(stage: ChaosStage, cap: Cap, room: int) -> int:
    """Leave so much of a limit; what is spent of it then."""
    await stage.rows(
        "UPDATE budget_counters SET spent = $1 WHERE scope = $2 AND unit = $3",
        cap.cap - room, f"{cap.scope}/{cap.period}", cap.unit,
    )  # fmt: skip
    return cap.cap - room


@asynccontextmanager
async def watched(stage: ChaosStage, caps: list[Cap]) -> AsyncIterator[Counter[str]]:
    """Looks at all counters again and again."""
    seen: Counter[str] = Counter()
    limits = {(f"{cap.scope}/{cap.period}", cap.unit): cap.cap for cap in caps}

    async def look() -> None:
        while True:
            rows = await stage.rows("SELECT scope, unit, spent + reserved AS used FROM budget_counters")
            seen["over"] += any(row["used"] > limits.get((row["scope"], row["unit"]), 2**60) for row in rows)
            await asyncio.sleep(0.1)

    looking = asyncio.create_task(look())
    try:
        yield seen
    finally:
        looking.cancel()
        await asyncio.wait({looking})


async def booked(stage: ChaosStage, cap: Cap, before: int, calls: list[dict[str, Any]]) -> Counter[str]:
    """The counter against the log: the same, to the token and the microdollar."""
    found: Counter[str] = Counter()
    [counter] = await stage.rows(
        "SELECT spent, reserved FROM budget_counters WHERE scope = $1 AND unit = $2",
        f"{cap.scope}/{cap.period}", cap.unit,
    )  # fmt: skip
    found[f"{cap.scope}: tokens or microdollars over the cap"] += max(0, counter["spent"] - cap.cap)
    found[f"{cap.scope}: reserved and never settled"] += counter["reserved"]
    found[f"{cap.scope}: booked otherwise than logged"] += counter["spent"] - before != logged(
        calls, cap.unit
    )
    return found


def logged(calls: list[dict[str, Any]], unit: str) -> int:
    """Money is rounded up for each turn."""
    if unit == "tokens":
        return sum(call["tokens_in"] + call["tokens_out"] for call in calls)
    turns: Counter[Any] = Counter()
    for call in calls:
        turns[call["turn_id"]] += call["cost"] * 1_000_000
    return sum(-int(-cost // 1) for cost in turns.values())


def compared(stage: ChaosStage, calls: list[dict[str, Any]], paid_before: int) -> Counter[str]:
    """The log of a round against the provider's own, which has `paid_before` calls of earlier rounds."""
    found: Counter[str] = Counter()
    paid = {one.request_id: one for one in stage.paid}
    for call in calls:
        theirs = paid.get(call["request_id"])
        if call["estimated"] or (theirs is None and call["outcome"] == "failed"):
            continue
        found["calls the provider does not know"] += theirs is None
        if theirs is not None:
            counted = (
                theirs.input_tokens,
                theirs.cached_tokens,
                theirs.cache_write_tokens,
                theirs.output_tokens,
            )
            ours = call["tokens_in"], call["cached_read"], call["cached_write"], call["tokens_out"]
            found["calls counted otherwise by the provider"] += ours != counted
    cut = sum(one.cut for one in list(stage.paid)[paid_before:])  # none where the breaker spared the provider
    estimated = sum(call["estimated"] for call in calls)
    found["cut calls that are not marked estimated"] += bool(cut and not estimated)
    return found
