"""R10: PostgreSQL is killed or stopped under load, again and again.

Bar: no acknowledged work lost; recovered within 10 s without a restart of ours. Recovered means: every program
says it is ready, and a new question is answered.
"""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from jobs.queue import install
from sandbox.delivery.record import Ack
from sandbox.settings import SandboxSettings
from storage.embedded import EmbeddedPostgres
from storage.engine import make_engine
from storage.migrate import migrate
from tests.chaos.ground import Ground, running, set_up
from tests.chaos.report import Line
from tests.chaos.stage import ChaosStage, without
from tests.databases import Database

BAR = "PostgreSQL restarted under load 20 times: no acknowledged work lost, recovered within 10 s"
RESTARTS = 20
WITHIN = 10.0
GIVEN_UP = 60.0
EVERY = 0.5  # seconds between two questions
CALM = 2.0  # seconds of load before each restart
DOWN = 1.0  # seconds the server stays away
SPEED = 60.0
WORDS = " ".join(f"word{number}" for number in range(40))
RETRIES_SOON = SandboxSettings(retry_scale=0.05)


@dataclass
class Load:
    """People who go on asking, whatever happens."""

    stage: ChaosStage
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        while not self.stopped.is_set():
            await self.stage.ask(words=WORDS)
            await asyncio.sleep(EVERY)


async def run(ground: Ground, scale: float) -> Line:
    restarts = max(1, round(RESTARTS * scale))
    with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        async with EmbeddedPostgres(Path(folder) / "data", durable=True) as postgres:
            database = Database(postgres.url())
            await migrated(database)
            async with (
                set_up(database, settings=RETRIES_SOON) as stage,
                running(stage, 2, apart=ground.apart, SHOWRUNNER_RATE_GATES="false") as ports,
            ):
                return await restarted(stage, postgres, ports if ground.apart else (), restarts)


async def migrated(database: Database) -> None:
    """Not copied from a template: PostgreSQL loses the unlogged tables of a copied database in a crash."""
    engine = make_engine(database.url)
    await migrate(engine, [install])
    await engine.dispose()


async def restarted(
    stage: ChaosStage, postgres: EmbeddedPostgres, ports: Sequence[int], restarts: int
) -> Line:
    stage.sandbox.providers.speed = SPEED
    load = Load(stage)
    asking = asyncio.create_task(load.run())
    recoveries = []
    for number in range(restarts):
        await asyncio.sleep(CALM)
        recoveries.append(await restart(stage, postgres, ports, hard=number % 2 == 0))
    load.stopped.set()
    await asking
    return await judged(stage, recoveries)


async def restart(
    stage: ChaosStage, postgres: EmbeddedPostgres, ports: Sequence[int], *, hard: bool
) -> float:
    """Seconds from the moment the server takes connections again until all is well."""
    pid = postgres._running().pid()
    if pid is None:
        raise RuntimeError("there is no server to end")
    os.kill(pid, signal.SIGKILL if hard else signal.SIGINT)
    await asyncio.sleep(DOWN)
    await postgres.ensure()
    return await all_well(stage, ports)


async def all_well(stage: ChaosStage, ports: Sequence[int]) -> float:
    """Seconds until every program is ready and a new question is answered."""
    begun = time.monotonic()
    try:
        async with asyncio.timeout(GIVEN_UP):
            await asyncio.gather(answered_anew(stage), *(ready(port) for port in ports))
    except TimeoutError:
        return GIVEN_UP
    return time.monotonic() - begun


async def answered_anew(stage: ChaosStage) -> None:
    asked = await stage.ask()
    await stage.sandbox.wait_for(lambda: stage.whole_answers(asked), GIVEN_UP)


async def ready(port: int) -> None:
    async with aiohttp.ClientSession() as session:
        while True:
            async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                if answer.status == 200:
                    return
            await asyncio.sleep(0.1)


async def judged(stage: ChaosStage, recoveries: list[float], line: str = "R10", bar: str = BAR) -> Line:
    turns, acknowledged = await stage.all_ended(240), taken(stage)
    paid, states = stage.paid_by_mark(), Counter[str]()
    lost, unshown, repeated, doubled = [], [], [], []
    for asked in stage.asked:
        turn = turns.get((asked.channel.id, asked.ts))
        state = turn["state"] if turn else "missing"
        told = (asked.channel.id, asked.ts) in acknowledged
        states[state if told else f"unacknowledged {state}"] += 1
        if told and state not in {"answered", "uncertain"}:
            lost.append(asked.mark)
        if state == "answered" and not stage.whole_answers(asked):
            unshown.append(asked.mark)
        if paid[asked.mark] > 1:
            repeated.append(asked.mark)
        if len(stage.whole_answers(asked)) > 1:
            doubled.append(asked.mark)
    late = [seconds for seconds in recoveries if seconds > WITHIN]
    figure = (
        f"{len(recoveries)} outages under {len(stage.asked)} questions {dict(states)}: lost {len(lost)}"
        f"{without(lost)}, answered but not shown {len(unshown)}{without(unshown)}, paid again {len(repeated)}"
        f"{without(repeated)}, shown again {len(doubled)}{without(doubled)}; "
        f"recovered after {max(recoveries):.1f} s at most, later than {WITHIN:.0f} s: {len(late)}"
    )
    return Line(line, bar, figure, not (lost or unshown or repeated or doubled or late))


def taken(stage: ChaosStage) -> set[tuple[str, str]]:
    """(channel, ts) of the messages whose event was acknowledged."""
    return {
        (each.payload["event"]["channel"], each.payload["event"].get("ts", ""))
        for each in stage.sandbox.deliveries()
        if each.kind == "events_api" and any(isinstance(a.outcome, Ack) for a in each.attempts)
    }
