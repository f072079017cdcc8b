"""Stop, across processes."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID


class Cancellation(Protocol):
    """Stop, from whichever process heard it to whichever process works."""

    def watch(self, turn_id: UUID) -> AbstractAsyncContextManager[CancelToken]: ...

    async def cancel(self, turn_id: UUID) -> None:
        """Reach the worker of the turn at once; the stored stop request is the truth, this only hurries."""
        ...


class CancelToken(Protocol):
    @property
    def cancelled(self) -> bool: ...

    async def wait(self) -> None: ...
