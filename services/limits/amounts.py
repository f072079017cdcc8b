"""Tokens and money of a request, before it is made and after."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal

from services.entities.calls import Usage
from services.entities.limits import Amount
from services.ports.models import ChatModel, Prices

TOKENS = "tokens"
MICRODOLLARS = "microdollars"
A_DOLLAR = 1_000_000


def microdollars(dollars: Decimal) -> int:
    """Rounded up: a limit is never passed by fractions."""
    return math.ceil(dollars * A_DOLLAR)


def worst_case(prices: Prices, models: Iterable[ChatModel], tokens_in: int, tokens_out: int) -> Amount:
    """What a request may cost at most, whichever of `models` answers it.

    The whole input is taken to be written to the provider's cache, which costs most. A model of unknown
    price counts as the dearest known one; where no price is known only tokens are held, and what it
    really used is booked in tokens alone.
    """
    usage = Usage(tokens_in, cached_write=tokens_in, tokens_out=tokens_out)
    costs = (prices.cost(model.provider, model.name, usage) for model in models)
    dearest = max((cost for cost in costs if cost is not None), default=Decimal(0))
    return Amount(tokens_in + tokens_out, microdollars(dearest))
