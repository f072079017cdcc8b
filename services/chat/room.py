"""An answer that is as long as what is left of the limits allows."""

from __future__ import annotations

from collections.abc import Sequence

from services.entities.limits import Amount
from services.limits import worst_case
from services.ports.models import ChatModel, Prices

SHORTEST = 512
"""Tokens below which an answer is not worth its price: the person is told what is left instead."""


def longest_answer(
    prices: Prices, models: Sequence[ChatModel], tokens_in: int, most: int, room: Amount
) -> int:
    """Tokens of output, at most `most`, that fit into `room`, whichever of `models` answers; below zero: none."""
    least, worst = (worst_case(prices, models, tokens_in, out) for out in (0, most))
    by_tokens = room.tokens - least.tokens
    rise = worst.microdollars - least.microdollars
    by_money = (room.microdollars - least.microdollars) * most // rise if rise else most
    return min(most, by_tokens, by_money)
