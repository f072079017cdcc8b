"""Crash points of the fault tests. The product's does nothing."""

from __future__ import annotations

import os
import signal

from services.ports.clock import Checkpoint


def checkpoint_for(crash_at: str | None) -> Checkpoint:
    """A checkpoint that kills this process at the named point, or never."""
    if crash_at is None:
        return lambda _: None

    def checkpoint(name: str) -> None:
        if name == crash_at:
            os.kill(os.getpid(), signal.SIGKILL)

    return checkpoint
