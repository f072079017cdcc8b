"""R4: the connection is cut after Slack took a call, on every method that shows something.

Bar: one visible message, whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sandbox.web.api import ApiCall
from tests.chaos.ground import Ground
from tests.chaos.report import Line
from tests.chaos.shown import letters
from tests.chaos.stage import Asked, ChaosStage

BAR = "connection cut after Slack took a post, a stream's start, piece or end: one visible message, whole"
STREAMED = ("chat.startStream", "chat.appendStream", "chat.stopStream", "agents.sessions.setStatus")
POSTED = ("chat.postMessage", "chat.update")
TIMES = 20
SPEED = 400.0
WORDS = " ".join(f"word{number}" for number in range(300))


async def run(
    ground: Ground,
    scale: float,
    *,
    streamed: Sequence[str] = STREAMED,
    posted: Sequence[str] = POSTED,
) -> Line:
    times = max(1, round(TIMES * scale))
    found: Counter[str] = Counter()
    async with ground.world(SHOWRUNNER_RATE_GATES="false") as stage:
        stage.sandbox.providers.speed = SPEED
        for method in streamed:
            for number in range(times):
                found += await cut(stage, method, twice=number % 4 == 3)
        found += await commands(stage, times)
    async with ground.world(SHOWRUNNER_RATE_GATES="false") as stage:
        await lose_streaming(stage)
        stage.sandbox.providers.speed = SPEED
        for method in posted:
            for number in range(times):
                found += await cut(stage, method, twice=number % 4 == 3)
    wrong = {name: count for name, count in found.items() if name != "cuts" and count}
    told = ", ".join(f"{name} {count}" for name, count in sorted(wrong.items())) or "none lost, none doubled"
    return Line("R4", BAR, f"{found['cuts']} cut calls: {told}", not wrong and found["cuts"] > 0)


async def lose_streaming(stage: ChaosStage) -> None:
    """A workspace without streaming: from here on answers are posted and edited."""
    stage.sandbox.faults.answer("chat.startStream", "unknown_method", times=1)
    await stage.ended(await stage.ask())


async def cut(stage: ChaosStage, method: str, *, twice: bool = False) -> Counter[str]:
    before = len(cut_calls(stage, method))
    stage.sandbox.faults.cut(method, when="after", times=2 if twice else 1)
    asked = await stage.ask(words=WORDS)
    turn = await stage.ended(asked)
    stage.sandbox.faults.clear(method)
    found = judged(stage, asked, f"{method}: ")
    found[f"{method}: {turn['state']}"] += turn["state"] != "answered"
    found["cuts"] = len(cut_calls(stage, method)) - before
    found[f"{method}: never cut"] += found["cuts"] == 0
    return found


def cut_calls(stage: ChaosStage, method: str) -> list[ApiCall]:
    return [call for call in stage.sandbox.calls(method) if call.answer is None]


def judged(stage: ChaosStage, asked: Asked, where: str) -> Counter[str]:
    found: Counter[str] = Counter()
    ours = stage.ours_in(asked.channel, asked.ts)
    whole = stage.whole_answers(asked)
    found[f"{where}never shown whole"] += not whole
    found[f"{where}shown again"] += len(ours) > 1
    expected = "".join(f"{asked.mark} {WORDS}".split())
    found[f"{where}text missing or doubled"] += letters(ours) != expected
    return found


async def commands(stage: ChaosStage, times: int) -> Counter[str]:
    """`/ask`, whose question is a post of ours."""
    found: Counter[str] = Counter()
    for _ in range(times):
        found += await one_command(stage)
    return found


async def one_command(stage: ChaosStage) -> Counter[str]:
    found: Counter[str] = Counter(cuts=1)
    channel, mark = stage.channel(), stage.new_mark()
    stage.sandbox.faults.cut("chat.postMessage", when="after")
    await stage.people.command("ana", channel, "/ask", f"say exactly: {mark} {WORDS}")
    await stage.sandbox.wait_for(lambda: channel.top, 20)
    turns = await stage.settled(channel, 60)
    stage.sandbox.faults.clear()
    found["/ask: not answered"] += [turn["state"] for turn in turns] != ["answered"]
    found["/ask: question shown again"] += len(channel.top) > 1
    found["/ask: not answered in one message"] += len(channel.top[0].replies) != 1
    return found
