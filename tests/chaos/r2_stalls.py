"""R2, the other way to lose a worker: a process that stands still longer than its lease, then goes on.

A suspended machine, a blocked loop. Another process has taken its turn over by then.
Bar: nothing is paid twice, nothing is answered twice, nobody is asked about a call that was answered.
"""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.chaos.forking import Forked, standby
from tests.chaos.ground import MORTAL, Ground, program_environment, running, set_up
from tests.chaos.report import Line
from tests.chaos.stage import Asked, ChaosStage, Turns
from tests.e2e.stage import free_port

BAR = "a process stands still longer than its lease and goes on: nothing paid twice, nothing answered twice"
STALLS = 20
MOST_QUESTIONS = 40
LONGER_THAN_A_LEASE = 9.0  # and than a sweep takes to notice
SETTLE = 4.0
SLOW = 3.0  # seconds that the directory takes, so that a worker can be caught before its call
SPEED = 40.0
WORDS = " ".join(f"word{number}" for number in range(60))

Moment = Literal["before the call", "while it streams"]
MOMENTS: tuple[Moment, ...] = ("before the call", "while it streams")


@dataclass
class Pair:
    stage: ChaosStage
    slowcoach: Forked

    async def stall(self, moment: Moment) -> Asked:
        """Stops the process while it works on a question, lets the other take over, and lets it go on."""
        for number in range(MOST_QUESTIONS):
            if number % 3 == 2:
                await self.stage.shuffle()
            await self._prepare(moment)
            asked = await self.stage.ask(words=WORDS)
            if await self._is_at(moment, asked):
                os.kill(self.slowcoach.pid, signal.SIGSTOP)
                self.stage.sandbox.faults.clear()
                await asyncio.sleep(LONGER_THAN_A_LEASE)
                os.kill(self.slowcoach.pid, signal.SIGCONT)
                await asyncio.sleep(SETTLE)
                return asked
            self.stage.sandbox.faults.clear()
            await self.stage.ended(asked)
        raise RuntimeError(
            f"{MOST_QUESTIONS} questions, and none was taken by the process that is to stand still"
        )

    async def _prepare(self, moment: Moment) -> None:
        self.stage.sandbox.providers.speed = SPEED
        if moment == "before the call":
            await self.stage.rows("DELETE FROM users")
            self.stage.sandbox.faults.delay("users.info", SLOW)

    async def _is_at(self, moment: Moment, asked: Asked) -> bool:
        """Whether it is this process that has come so far with the question."""
        async with asyncio.timeout(20):
            while True:
                turn = await self.stage.turn_of(asked)
                begun = moment == "before the call" or self.stage.answers_with(asked)
                if turn is not None and turn["state"] == "running" and begun:
                    return f":{self.slowcoach.pid}:" in str(turn["worker"])
                if turn is not None and turn["state"] not in {"waiting", "running"}:
                    return False
                await asyncio.sleep(0.02)


async def run(ground: Ground, scale: float) -> Line:
    stalls = max(1, round(STALLS * scale))
    variables = {**MORTAL, "SHOWRUNNER_RATE_GATES": "false"}
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        async with (
            standby(Path(folder) / "standby.log") as starter,
            ground.database() as database,
            set_up(database) as stage,
            running(stage, 1, apart=True, **variables),
        ):
            port = free_port()
            environment = program_environment(stage, port, **variables)
            slowcoach = await starter.serve(environment, port, Path(folder) / "slowcoach.log")
            try:
                pair = Pair(stage, slowcoach)
                stalled = [(moment, await pair.stall(moment)) for moment in MOMENTS for _ in range(stalls)]
            finally:
                await slowcoach.kill()
            return judged(stage, stalled, await stage.all_ended())


def judged(stage: ChaosStage, stalled: list[tuple[Moment, Asked]], turns: Turns) -> Line:
    found, paid = Counter[str](), stage.paid_by_mark()
    for moment, asked in stalled:
        turn = turns[(asked.channel.id, asked.ts)]
        answers, back = stage.whole_answers(asked), stage.questions_back(asked)
        found[f"{moment}: paid again"] += paid[asked.mark] > 1
        found[f"{moment}: answered twice"] += len(answers) > 1
        found[f"{moment}: answered, and asked about"] += turn["state"] == "answered" and bool(back)
        found[f"{moment}: neither answered nor asked"] += not answers and not back
        found[f"{moment}: {turn['state']}"] += turn["state"] not in {"answered", "uncertain"}
    wrong = ", ".join(f"{name} {count}" for name, count in sorted(found.items()) if count)
    return Line(
        "R2-STALL", BAR, f"{len(stalled)} stalls: {wrong or 'each answered once or asked about'}", not wrong
    )
