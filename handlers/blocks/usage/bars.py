"""Limits as bars of characters, which every Slack draws."""

from __future__ import annotations

from decimal import Decimal

from handlers.blocks.figures import dollars, meter
from handlers.blocks.usage import words
from handlers.boundary import slack_date
from services.entities.limits import LimitState

WHOSE = {"person": "", "channel": "This channel's ", "workspace": "The whole team's "}


def bar_line(state: LimitState) -> str:
    """`████░░  12,000 of 500,000 tokens today`, what is held for running answers included."""
    used = state.spent + state.reserved
    whose = WHOSE.get(state.kind, "")
    when = "today" if state.period == "day" else "this month"
    held = f" ({amount(state, state.reserved)} held for answers on their way)" if state.reserved else ""
    return (
        f"{meter(used, state.cap)}  {whose}*{amount(state, used)}* of {amount(state, state.cap)}{unit(state)} "
        f"{when}{held}, resets {slack_date(state.resets_at)}"
    )


def amount(state: LimitState, number: int) -> str:
    return dollars(Decimal(number) / 1_000_000) if state.unit == "microdollars" else words.tokens(number)


def unit(state: LimitState) -> str:
    return "" if state.unit == "microdollars" else " tokens"
