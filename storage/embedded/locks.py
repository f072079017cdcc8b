"""File locks: the kernel drops them with the process that holds them, however it ends."""

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from storage.embedded.errors import EmbeddedError
from storage.embedded.processes import POLL_SECONDS


@asynccontextmanager
async def alone(path: Path, patience: float) -> AsyncIterator[None]:
    """Held by one at a time. Raises EmbeddedError after `patience` seconds."""
    descriptor = _open(path)
    deadline = time.monotonic() + patience
    try:
        while not _try(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"Another process has been starting or stopping the database for long ({path})."
                )
            await asyncio.sleep(POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


class Share:
    """One user's hold on the server. Take and leave it only while `alone` holds the start lock."""

    def __init__(self, path: Path) -> None:
        self._descriptor = _open(path)
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def is_last(self) -> bool:
        """Whether nobody else holds it. Gives up the hold if somebody does."""
        return _try(self._descriptor, fcntl.LOCK_EX)

    def leave(self) -> None:
        os.close(self._descriptor)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
