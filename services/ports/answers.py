"""The store of answers that can be given again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.entities.answers import KeptAnswer


class AnswerStore(Protocol):
    """Filled by `CallStore.store_answer`. An answer goes with the message that holds its text."""

    async def find(self, keys: Sequence[bytes], since: datetime) -> KeptAnswer | None:
        """Of the first key that has one from a call begun after `since`."""
        ...

    async def prune(self, before: datetime) -> int:
        """Forget those of calls begun earlier; how many."""
        ...
