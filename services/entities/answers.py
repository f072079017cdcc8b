"""Answers that are kept for whoever asks the very same."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """`cost`, in US dollars, and `tokens` are of the call that gave it; no cost: its price is unknown."""

    text: str
    provider: str
    model: str
    tokens: int
    cost: Decimal | None
