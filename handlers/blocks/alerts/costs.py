"""What the desk costs, short."""

from __future__ import annotations

from decimal import Decimal

from handlers.blocks import kit
from handlers.blocks.figures import dollars, meter
from handlers.blocks.kit import Block
from handlers.boundary import slack_date
from handlers.sender.sanitise import escape
from services.entities.costs import Costs
from services.entities.limits import LimitState

BAR = 12
MICRO = Decimal(1_000_000)
PERIODS = {"day": "Today", "month": "This month"}


def costs(seen: Costs) -> list[Block]:
    shown = [
        kit.text(f"*The desk's costs*\nToday *{dollars(seen.today)}* · this month *{dollars(seen.month)}*"),
        kit.text("\n".join(map(_limit, seen.limits)) or "No limit in money is set for the workspace."),
    ]
    if seen.spenders:
        lines = [
            f"{number}. {escape(one.name)}: {dollars(one.month)} this month, {dollars(one.today)} today"
            for number, one in enumerate(seen.spenders, 1)
        ]
        shown.append(kit.text("\n".join(["*Who it was for*", *lines])))
    return [*shown, kit.context(*_remarks(seen))]


def _limit(state: LimitState) -> str:
    part = state.spent / state.cap if state.cap else float(state.spent > 0)
    bar = meter(state.spent, state.cap, BAR)
    spent, cap = dollars(state.spent / MICRO), dollars(state.cap / MICRO)
    return f"{PERIODS[state.period]} `{bar}` {spent} of {cap} ({int(part * 100)} %), anew {slack_date(state.resets_at)}"


def _remarks(seen: Costs) -> list[str]:
    remarks = [f"Days are those of {seen.zone}"]
    if seen.unpriced:
        calls = "one call" if seen.unpriced == 1 else f"{seen.unpriced:,} calls"
        remarks.append(f"{calls} of this month had no known price and are left out")
    return remarks
