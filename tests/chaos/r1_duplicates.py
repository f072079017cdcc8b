"""R1: the same event 50 times at once to two processes, mentions with their twins, in any order.

Bar: one provider call, one answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.chaos.ground import Ground
from tests.chaos.report import Line
from tests.chaos.stage import ChaosStage, without

BAR = "the same event 50 times at once to two processes, with its twin: one provider call, one answer"
COPIES = 50
STORMS = 40


async def run(ground: Ground, scale: float) -> Line:
    storms = max(2, round(STORMS * scale / 2))
    figures, met = [], True
    for mode in ("socket", "http"):
        async with ground.world(2, mode, SHOWRUNNER_RATE_GATES="false") as stage:
            for number in range(storms):
                with storm(stage, backwards=number % 2 == 1):
                    asked = await stage.ask()
                await stage.ended(asked)
            figure, good = await counted(stage)
            figures.append(f"{mode}: {figure}")
            met = met and good
    return Line("R1", BAR, "\n".join(figures), met)


@contextmanager
def storm(stage: ChaosStage, *, backwards: bool) -> Iterator[None]:
    """Every event inside goes out 50 times at once, over all connections; the last told first if `backwards`."""
    courier, held = stage.sandbox.courier, []
    original = courier.event

    def keep(name: str, payload: dict[str, Any]) -> None:
        held.append((name, payload))

    courier.event = keep  # type: ignore[method-assign]
    try:
        yield
    finally:
        del courier.event
    places = max(1, len(courier.transport.places()))
    for name, payload in reversed(held) if backwards else held:
        courier.duplicate_next(-(-COPIES // places), everywhere=True)
        original(name, payload)


async def counted(stage: ChaosStage) -> tuple[str, bool]:
    turns = await stage.all_ended()
    paid = stage.paid_by_mark()
    unpaid = [asked.mark for asked in stage.asked if paid[asked.mark] == 0]
    repeated = [asked.mark for asked in stage.asked if paid[asked.mark] > 1]
    unseen = [asked.mark for asked in stage.asked if not stage.whole_answers(asked)]
    doubled = [a.mark for a in stage.asked if len(stage.ours_in(a.channel, a.ts)) > 1]
    extra = len(turns) - len(stage.asked)
    unknown, noted_again = await inbox(stage)
    figure = (
        f"{len(stage.asked)} mentions, {len(stage.asked) * 2 * COPIES} deliveries: paid never {len(unpaid)}, "
        f"paid again {len(repeated)}{without(repeated)}, answered never {len(unseen)}, "
        f"answered again {len(doubled)}{without(doubled)}, surplus turns {extra}, "
        f"events not in the inbox {unknown}, twice in it {noted_again}"
    )
    return figure, not (unpaid or repeated or unseen or doubled or extra or unknown or noted_again)


async def inbox(stage: ChaosStage) -> tuple[int, int]:
    """How many of the mentions' events the inbox does not know, and how many it knows more than once."""
    told = {each.payload["event_id"] for each in stage.sandbox.deliveries("app_mention")}
    rows = await stage.rows(
        "SELECT event_id, count(*) AS n FROM slack_events WHERE event_id = ANY($1::text[]) GROUP BY event_id",
        list(told),
    )
    return len(told) - len(rows), sum(row["n"] > 1 for row in rows)
