"""R7: a provider fails before its first token, in every way there is.

Bar: the other provider answers; one row per attempt in the call log, each with its cost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sandbox.providers.faults import Fault
from tests.chaos.ground import Ground, running, set_up
from tests.chaos.proxy import Proxy, Trouble
from tests.chaos.report import Line
from tests.chaos.stage import Asked, ChaosStage

BAR = "429, 529, 500, no connection, no answer before the first token: the other provider answers, a row per attempt"
FAULTS = {
    "429": Fault("status", status=429, retry_after=30),
    "529": Fault("status", status=529),
    "500": Fault("status", status=500),
    "503": Fault("status", status=503),
    "dropped": Fault("refuse"),
    "silent": Fault("hang"),
    "open but silent": Fault("slow"),
    "error as first event": Fault("error_event", at=0, error="overloaded_error"),
    "cut before a token": Fault("cut", at=0),
}
TROUBLES: tuple[Trouble, ...] = ("refused", "deaf", "reset", "black_hole")
TIMES = 10
FIRST_TOKEN = "2"  # seconds; the product's 60 would only make this slower


async def run(
    ground: Ground,
    scale: float,
    *,
    kinds: Sequence[str] = tuple(FAULTS),
    troubles: Sequence[Trouble] = TROUBLES,
) -> Line:
    times = max(1, round(TIMES * scale))
    found: Counter[str] = Counter()
    async with behind_a_proxy(ground) as (stage, proxy):
        for name in kinds:
            for _ in range(times):
                stage.sandbox.providers.faults.push("anthropic", FAULTS[name])
                found += await judged(stage, name, await stage.ask())
                await recover(stage)
        for trouble in troubles:
            for _ in range(max(1, times // 2)):
                await proxy.turn(trouble)
                found += await judged(stage, trouble, await stage.ask())
                await proxy.turn("none")
                await recover(stage)
    wrong = {name: count for name, count in found.items() if name != "faults" and count}
    told = ", ".join(f"{name} {count}" for name, count in sorted(wrong.items()))
    figure = f"{found['faults']} faults of {len(kinds) + len(troubles)} kinds: {told or 'all answered by the other'}"
    return Line("R7", BAR, figure, not wrong)


@asynccontextmanager
async def behind_a_proxy(ground: Ground) -> AsyncIterator[tuple[ChaosStage, Proxy]]:
    async with (
        ground.database() as database,
        set_up(database) as stage,
        Proxy.before(stage.sandbox.url) as proxy,
    ):
        variables = {
            "ANTHROPIC_BASE_URL": proxy.instead_of(f"{stage.sandbox.url}/anthropic"),
            "SHOWRUNNER_FIRST_TOKEN_SECONDS": FIRST_TOKEN,
            "SHOWRUNNER_RATE_GATES": "false",
        }
        async with running(stage, 1, apart=ground.apart, **variables):
            yield stage, proxy


async def judged(stage: ChaosStage, name: str, asked: Asked) -> Counter[str]:
    found: Counter[str] = Counter(faults=1)
    turn = await stage.ended(asked)
    rows = await stage.rows(
        "SELECT provider, outcome, cost, error, latency_ms, first_token_ms FROM ai_calls WHERE turn_id = $1 "
        "ORDER BY started_at, id",
        turn["id"],
    )
    attempts = [(row["provider"], row["outcome"]) for row in rows]
    found[f"{name}: not answered ({turn['state']})"] += not stage.whole_answers(asked)
    found[f"{name}: attempts {attempts}"] += attempts != [("anthropic", "failed"), ("openai", "answered")]
    found[f"{name}: a row without cost"] += any(row["cost"] is None for row in rows)
    found[f"{name}: a failure without its reason"] += any(
        row["outcome"] == "failed" and not row["error"] for row in rows
    )
    return found


async def recover(stage: ChaosStage) -> None:
    """A question that the first provider answers: what is held against it is forgotten."""
    stage.sandbox.providers.faults.clear()
    for _ in range(3):
        asked = await stage.ask()
        turn = await stage.ended(asked)
        rows = await stage.rows("SELECT provider FROM ai_calls WHERE turn_id = $1", turn["id"])
        if [row["provider"] for row in rows] == ["anthropic"]:
            return
