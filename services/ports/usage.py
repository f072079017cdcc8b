"""What usage reports ask of storage."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from services.entities.usage import Counted, Scope, Span, Tallies


class UsageStore(Protocol):
    """Sums of the daily rollup; never of the calls themselves."""

    async def tallies(self, scope: Scope, span: Span, before: Span) -> Tallies:
        """Of `span`: all, each day, each key of each dimension, and each day of each model and purpose.

        Every group but the whole is there only if it had calls. A model's key is "provider/model".
        """
        ...

    async def daily(self, scope: Scope, span: Span) -> Sequence[tuple[date, Counted]]:
        """Tokens and cost alone, of days that had calls, in order."""
        ...

    async def names(self, team: str, users: Collection[str]) -> Mapping[str, str]:
        """What people were called when Slack last told us; those it never did are left out."""
        ...

    async def logged(self, calls: Collection[UUID]) -> Collection[UUID]:
        """Which of these calls are in the log."""
        ...
