"""R10, the other way to lose the database: the way to it breaks, the server lives on.

Connections reset, answers that never come, nobody listening, everything slow. Bar: as R10.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sandbox.settings import SandboxSettings
from tests.chaos.ground import Ground, running, set_up
from tests.chaos.proxy import Proxy, Trouble
from tests.chaos.r10_database import CALM, SPEED, Load, all_well, judged
from tests.chaos.report import Line
from tests.chaos.stage import ChaosStage

BAR = "the way to PostgreSQL cut, black-holed, closed, slow, 20 times: nothing lost, recovered within 10 s"
OUTAGES = 20
DOWN = 2.0
SLOW = 0.05  # seconds before each piece
TROUBLES: tuple[Trouble, ...] = ("none", "reset", "black_hole", "refused")  # none: cut once
RETRIES_SOON = SandboxSettings(retry_scale=0.05)


async def run(ground: Ground, scale: float) -> Line:
    outages = max(1, round(OUTAGES * scale))
    async with (
        ground.database() as database,
        set_up(database, settings=RETRIES_SOON) as stage,
        Proxy.before(database.dsn) as proxy,
    ):
        variables = {"SHOWRUNNER_RATE_GATES": "false"}
        variables["DATABASE_URL"] = proxy.instead_of(database.dsn)
        async with running(stage, 2, apart=ground.apart, **variables) as ports:
            stage.sandbox.providers.speed = SPEED
            load = Load(stage)
            asking = asyncio.create_task(load.run())
            recoveries = []
            for number in range(outages):
                await asyncio.sleep(CALM)
                recoveries.append(await outage(stage, proxy, TROUBLES[number % len(TROUBLES)], ports))
            load.stopped.set()
            await asking
            return await judged(stage, recoveries, "R10-NET", BAR)


async def outage(stage: ChaosStage, proxy: Proxy, trouble: Trouble, ports: Sequence[int]) -> float:
    """Seconds from the end of the trouble until all is well."""
    await proxy.turn(trouble)
    if trouble != "none":
        await asyncio.sleep(DOWN)
    await proxy.turn("none", latency=SLOW if trouble == "none" else 0.0)
    return await all_well(stage, ports)
