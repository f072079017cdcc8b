"""R6: Socket Mode connections closed 100 times under 1,000 events, two connections in each process.

Bar: none of the events missed. They end in every way there is: Slack's own refresh, a warning and then a
refresh, and a network that goes away without a word; now and then all at once.
"""

from __future__ import annotations

import asyncio

from sandbox.settings import SandboxSettings
from tests.chaos.ground import Ground
from tests.chaos.report import Line
from tests.chaos.stage import ChaosStage, without

BAR = "Socket Mode closed 100 times, two connections: none of 1,000 events missed"
EVENTS = 1_000
CLOSES = 100
RETRIES_SOON = SandboxSettings(retry_scale=0.05)  # Slack's second retry after 3 s instead of 60


async def run(ground: Ground, scale: float) -> Line:
    events, closes = max(20, round(EVENTS * scale)), max(6, round(CLOSES * scale))
    async with ground.world(1, settings=RETRIES_SOON, SHOWRUNNER_RATE_GATES="false") as stage:
        closed = await ask_while_closing(stage, events, closes)
        await stage.all_ended(120)
        return await judged(stage, closed)


async def ask_while_closing(stage: ChaosStage, events: int, closes: int) -> int:
    closed = 0
    for number in range(events):
        await stage.ask()
        if (number + 1) % max(1, events // closes) == 0:
            closed += await close(stage, closed)
        await asyncio.sleep(0.02)
    return closed


async def close(stage: ChaosStage, number: int) -> int:
    """How many connections were closed; every tenth time it is all of them."""
    sockets = stage.sandbox.socket_mode
    places = list(sockets.places())
    chosen = places if number % 10 == 9 else places[:1]
    for place in chosen:
        match number % 3:
            case 0:
                sockets.drop(place)
            case 1:
                await sockets.refresh(place)
            case _:
                await sockets.warn(place)
                await sockets.refresh(place)
    return max(1, len(chosen)) if places else 0


async def judged(stage: ChaosStage, closed: int) -> Line:
    turns, paid = await stage.turns(), stage.paid_by_mark()
    missed = [a.mark for a in stage.asked if (a.channel.id, a.ts) not in turns]
    unanswered = [a.mark for a in stage.asked if not stage.whole_answers(a)]
    repeated = [a.mark for a in stage.asked if paid[a.mark] > 1 or len(stage.answers_with(a)) > 1]
    retried = sum(1 for each in stage.sandbox.deliveries() if len(each.attempts) > 1)
    figure = (
        f"{closed} closes under {len(stage.asked)} mentions (two events each, {retried} of them sent again): "
        f"missed {len(missed)}{without(missed)}, not answered {len(unanswered)}{without(unanswered)}, "
        f"answered again {len(repeated)}; connections opened {stage.sandbox.socket_mode.opened}"
    )
    return Line("R6", BAR, figure, not (missed or unanswered or repeated) and closed > 0)
