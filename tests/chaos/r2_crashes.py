"""R2: kill -9 at each checkpoint of a real `showrunner serve`, while another process shares its database.

Bar: no turn lost, no paid call repeated. Died between "request sent" and "answered": marked uncertain,
reservation kept, the person asked with a button; "ask again" pays once, "leave it" pays nothing.

One question is in flight at a time, so that the one the process died with is known. A turn has two ways: in one
lane the process that hears it works it at once ("taken"), in the other it goes through the queue ("enqueued")
from a process that only hears to one that only works. `searched` lies between the two calls of a question that
looks in the library. `streaming` is ours: killed from outside while the answer is growing in Slack.

A round in which the process did not die where it should is repeated, and told of: nothing asked in it may be lost
either.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.lifecycle import Role
from sandbox.settings import SandboxSettings
from tests.chaos.forking import Forked, Standby, standby
from tests.chaos.ground import MORTAL, Ground, eventually, program_environment, running, set_up
from tests.chaos.report import Line
from tests.chaos.stage import OPEN, Asked, ChaosStage, Turns
from tests.e2e.stage import free_port

BAR = (
    "kill -9 at each checkpoint: no turn lost, no paid call repeated; sent but not answered: uncertain, "
    "reservation kept, asked with a button"
)
POINTS = (
    "received", "taken", "enqueued", "claimed", "reserved", "sent", "searched", "answered", "posted", "streaming",
)  # fmt: skip
WORKED = POINTS[POINTS.index("claimed") :]
UNCERTAIN_POINTS = frozenset({"sent", "streaming"})
ROUNDS = 50  # at each point, over both lanes
MOST_SECONDS = 3_600.0
TRIES = 3  # of one round
MOST_QUESTIONS = 60  # until one lands in the process that is to die
SPEED = 40.0  # tokens a second, where an answer is to be caught while it grows
LONG = " ".join(f"word{number}" for number in range(60))
QUICK_RETRIES = SandboxSettings(retry_scale=0.05)


@dataclass(frozen=True, slots=True)
class Death:
    point: str
    asked: Asked


@dataclass
class Lane:
    """One database, one sandbox, one healthy program; the one beside it dies again and again."""

    stage: ChaosStage
    variables: dict[str, str]
    folder: Path
    queued: bool
    standby: Standby
    deaths: list[Death] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    """Why, of each round that was."""
    left_out: int = 0

    async def run(self, points: Sequence[str], until: float) -> None:
        """`until`: by the loop's clock; no kill begins after it."""
        for point in points:
            if asyncio.get_running_loop().time() > until:
                self.left_out += 1
                continue
            for _ in range(TRIES):
                why = await self._round(point)
                if why is None:
                    break
                self.repeated.append(f"{point}: {why}")
            else:
                self.missed.append(point)

    async def _round(self, point: str) -> str | None:
        """None where the process died as it should, else what happened instead."""
        try:
            doomed = await self._start(point)
        except RuntimeError:
            return "did not start"
        try:
            return await self._die(doomed, point)
        finally:
            self.stage.sandbox.providers.speed = 0
            await doomed.kill()

    async def _start(self, point: str) -> Forked:
        port = free_port()
        own = {} if point == "streaming" else {"SHOWRUNNER_CRASH_AT": point}
        environment = program_environment(self.stage, port, **self.variables, **own)
        return await self.standby.serve(environment, port, self.folder / "doomed.log", self._role(point))

    def _role(self, point: str) -> Role:
        if not self.queued:
            return "all"
        return "web" if point == "enqueued" else "worker"

    async def _die(self, doomed: Forked, point: str) -> str | None:
        streaming = point == "streaming"
        self.stage.sandbox.providers.speed = SPEED if streaming else 0
        for number in range(MOST_QUESTIONS):
            if number and random.random() < 0.5:  # a fixed rhythm could pass the same process by every time
                await self.stage.shuffle()
            asked = await self._asked(point)
            if streaming:
                await self._kill_if_streaming(doomed, asked)
            if await self._died_with(doomed, asked):
                self.stage.sandbox.providers.speed = 0
                await self.stage.ended(asked)
                if not doomed.killed:
                    return f"ended by itself with {doomed.returncode}"
                self.deaths.append(Death(point, asked))
                return None
        return f"not reached in {MOST_QUESTIONS} questions"

    async def _asked(self, point: str) -> Asked:
        if point == "searched":
            return await self.stage.ask_of_library()
        return await self.stage.ask(words=LONG if point == "streaming" else "")

    async def _kill_if_streaming(self, doomed: Forked, asked: Asked) -> None:
        await self.stage.sandbox.wait_for(lambda: self.stage.answers_with(asked), 30)
        turn = await self.stage.turn_of(asked)
        if turn and f":{doomed.pid}:" in str(turn["worker"]) and turn["state"] == "running":
            await doomed.kill()

    async def _died_with(self, doomed: Forked, asked: Asked) -> bool:
        """Whether the process died before this question was done with; it was the only one open."""

        async def over() -> str | None:
            if doomed.returncode is not None:
                return "dead"
            turn = await self.stage.turn_of(asked)
            return "done" if turn is not None and turn["state"] not in OPEN else None

        return bool(await eventually(over, 60, every=0.02) == "dead")


async def run(ground: Ground, scale: float) -> Line:
    whole, half = max(1, round(ROUNDS * scale)), max(1, round(ROUNDS * scale / 2))
    at_once = mixed({"received": whole, "taken": half, **dict.fromkeys(WORKED, half)})
    queued = mixed({"enqueued": whole, **dict.fromkeys(WORKED, half)})
    return await crash(ground, at_once, queued)


def mixed(rounds: Mapping[str, int]) -> list[str]:
    """Each point so many times, in turn, so that a run that is cut short has seen them all."""
    most = max(rounds.values())
    return [point for number in range(most) for point, times in rounds.items() if number < times]


async def crash(ground: Ground, at_once: Sequence[str], queued: Sequence[str] = ()) -> Line:
    """`at_once` within Slack's rate tiers, `queued` streaming whenever it likes; two lanes each."""
    until = asyncio.get_running_loop().time() + MOST_SECONDS
    ways = ((at_once[::2], False), (at_once[1::2], False), (queued[::2], True), (queued[1::2], True))
    running = (crashed(ground, points, until, queued=queue) for points, queue in ways if points)
    total = sum(await asyncio.gather(*running), Counter())
    return Line("R2", BAR, figure(total), met(total))


async def crashed(ground: Ground, points: Sequence[str], until: float, *, queued: bool) -> Counter[str]:
    async with lane(ground, queued=queued) as way:
        await way.run(points, until)
        return await audit(way)


@asynccontextmanager
async def lane(ground: Ground, *, queued: bool) -> AsyncIterator[Lane]:
    variables = {**MORTAL, "SHOWRUNNER_RATE_GATES": "false" if queued else "true"}
    roles: Sequence[Role] = ("web", "worker") if queued else ("all",)
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        async with (
            standby(Path(folder) / "standby.log") as starter,
            ground.database() as database,
            set_up(database, settings=QUICK_RETRIES) as stage,
            running(stage, len(roles), apart=True, roles=roles, **variables),
        ):
            yield Lane(stage, variables, Path(folder), queued, starter)


async def audit(lane: Lane) -> Counter[str]:
    """What the kills did, counted from the outside, before and after people decide."""
    stage, found = lane.stage, Counter[str]()
    turns, paid = await stage.all_ended(), stage.paid_by_mark()
    uncertain = {a.mark for a in stage.asked if state(turns, a) == "uncertain"}
    reserved = await stage.reserved()
    found["questions"], found["kills"] = len(stage.asked), len(lane.deaths)
    found["checkpoint never reached"] = len(lane.missed)
    found.update(f"{REPEATED}{why}" for why in lane.repeated)
    found["left out for want of time"] = lane.left_out
    for asked in stage.asked:
        found += one_question(stage, asked, state(turns, asked), paid[asked.mark])
    for death in lane.deaths:
        found[f"kills at {death.point}"] += 1
        expected = death.point in UNCERTAIN_POINTS
        found["uncertain as it must be"] += expected and death.asked.mark in uncertain
        found["ought to be uncertain"] += expected
        if not expected and death.asked.mark in uncertain:
            found["uncertain without need"] += 1
    for asked in stage.asked:
        turn = turns.get((asked.channel.id, asked.ts))
        held = turn is not None and str(turn["id"]) in reserved
        found["uncertain without reservation"] += asked.mark in uncertain and not held
        found["reservation left behind"] += asked.mark not in uncertain and held
    found += await decide(stage, [asked for asked in stage.asked if asked.mark in uncertain])
    return found


def state(turns: Turns, asked: Asked) -> str:
    turn = turns.get((asked.channel.id, asked.ts))
    return str(turn["state"]) if turn else "missing"


def one_question(stage: ChaosStage, asked: Asked, state: str, paid: int) -> Counter[str]:
    found: Counter[str] = Counter()
    shown, whole = len(stage.answers_with(asked)), len(stage.whole_answers(asked))
    found["lost"] += state not in {"answered", "uncertain"}
    found["paid again"] += paid > asked.calls
    found["answered unpaid"] += state == "answered" and paid < asked.calls
    found["not shown whole"] += state == "answered" and whole == 0
    found["shown twice"] += (
        state == "answered" and max(shown, len(stage.ours_in(asked.channel, asked.ts))) > 1
    )
    found["not asked"] += state == "uncertain" and len(stage.questions_back(asked)) == 0
    found["asked twice"] += len(stage.questions_back(asked)) > 1
    found["still streaming"] += any(
        message.streaming_state == "in_progress" for message in stage.ours_in(asked.channel, asked.ts)
    )
    return found


async def decide(stage: ChaosStage, uncertain: Sequence[Asked]) -> Counter[str]:
    """Half of the people want it asked again, the others leave it; each presses twice at once."""
    found: Counter[str] = Counter()
    before = stage.paid_by_mark()
    for number, asked in enumerate(uncertain):
        again = number % 2 == 0
        for back in stage.questions_back(asked)[:1]:
            action = "chat.ask_again" if again else "chat.let_be"
            await asyncio.gather(*(stage.people.press("ana", action, back) for _ in range(2)))
            turn = await decided(stage, asked)
            more = stage.paid_by_mark()[asked.mark] - before[asked.mark]
            found["decided"] += 1
            found["asking again went wrong"] += again and (turn["state"] != "answered" or more != 1)
            found["leaving it went wrong"] += not again and (turn["state"] != "cancelled" or more != 0)
    found["reservation left after deciding"] += len(await stage.reserved())
    return found


async def decided(stage: ChaosStage, asked: Asked) -> dict[str, Any]:
    """A busy process acknowledges a button before it has done what it says."""

    async def moved() -> dict[str, Any] | None:
        turn = await stage.ended(asked)
        return turn if turn["state"] != "uncertain" else None

    try:
        return await eventually(moved, 60, every=0.2)
    except TimeoutError:
        return await stage.ended(asked)


REPEATED = "round repeated: "
FAULTS = (
    "left out for want of time",
    "checkpoint never reached",
    "lost",
    "paid again",
    "answered unpaid",
    "not shown whole",
    "shown twice",
    "not asked",
    "asked twice",
    "still streaming",
    "uncertain without need",
    "uncertain without reservation",
    "reservation left behind",
    "asking again went wrong",
    "leaving it went wrong",
    "reservation left after deciding",
)


def met(total: Counter[str]) -> bool:
    sure = total["uncertain as it must be"] == total["ought to be uncertain"]
    return sure and total["kills"] > 0 and not any(total[fault] for fault in FAULTS)


def figure(total: Counter[str]) -> str:
    points = ", ".join(
        f"{point} {total[f'kills at {point}']}" for point in POINTS if total[f"kills at {point}"]
    )
    wrong = ", ".join(f"{fault} {total[fault]}" for fault in FAULTS if total[fault]) or "nothing else"
    again = [
        f"{name.removeprefix(REPEATED)} ({times})"
        for name, times in total.items()
        if name.startswith(REPEATED)
    ]
    repeated = f"; rounds repeated: {', '.join(again)}" if again else ""
    return (
        f"{total['kills']} kills ({points}) under {total['questions']} questions: "
        f"lost {total['lost']}, paid again {total['paid again']}, "
        f"uncertain {total['uncertain as it must be']} of {total['ought to be uncertain']}\n"
        f"decided by people {total['decided']}; found besides: {wrong}{repeated}"
    )
