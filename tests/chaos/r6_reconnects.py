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
PACE = 0.05  # seconds between two events
RETRIES_SOON = SandboxSettings(retry_scale=0.05)  # Slack's second retry after 3 s instead of 60


async def run(ground: Ground, scale: float) -> Line:
    events, closes = max(20, round(EVENTS * scale)), max(6, round(CLOSES * scale))
    async with ground.world(1, settings=RETRIES_SOON, SHOWRUNNER_RATE_GATES="false") as stage:
        asking = asyncio.create_task(ask(stage, events))
        for number in range(closes):
            await close(stage, number)
            await asyncio.sleep(EVENTS / CLOSES * PACE)
        await asking
        await stage.all_ended(120)
        return await judged(stage, closes)


async def ask(stage: ChaosStage, events: int) -> None:
    for _ in range(events):
        await stage.ask()
        await asyncio.sleep(PACE)


async def close(stage: ChaosStage, number: int) -> None:
    """One connection, as soon as there is one; every twentieth time all of them."""
    sockets = stage.sandbox.socket_mode
    places = list(await stage.sandbox.wait_for(sockets.places, 60))
    for place in places if number % 20 == 9 else places[:1]:
        if number % 5 == 4:
            sockets.drop(place)
        elif number % 5 % 2:
            await sockets.refresh(place)
        else:
            await sockets.warn(place)
            await sockets.refresh(place)


async def judged(stage: ChaosStage, closed: int) -> Line:
    turns, paid = await stage.turns(), stage.paid_by_mark()
    missed = [a.mark for a in stage.asked if (a.channel.id, a.ts) not in turns]
    unanswered = [a.mark for a in stage.asked if not stage.whole_answers(a)]
    repeated = [a.mark for a in stage.asked if paid[a.mark] > 1 or len(stage.answers_with(a)) > 1]
    deliveries = stage.sandbox.deliveries()
    retried = sum(len(each.attempts) > 1 for each in deliveries)
    figure = (
        f"{closed} closes under {len(stage.asked)} mentions ({retried} of {len(deliveries)} deliveries tried again): "
        f"missed {len(missed)}{without(missed)}, not answered {len(unanswered)}{without(unanswered)}, "
        f"answered again {len(repeated)}; connections opened {stage.sandbox.socket_mode.opened}"
    )
    return Line("R6", BAR, figure, not (missed or unanswered or repeated))
