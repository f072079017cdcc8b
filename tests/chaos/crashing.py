"""A real `showrunner serve` that is to die: by itself at a checkpoint, or by our hand."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.e2e.stage import ROOT, ready

KEPT = ("PATH", "HOME", "LANG")


@dataclass
class Doomed:
    """`port` is where it will listen once it serves."""

    process: subprocess.Popen[bytes]
    start: IO[bytes]
    port: int

    @classmethod
    def imported(cls, variables: dict[str, str], port: int, log: Path, role: str = "all") -> Doomed:
        """Starts the process; it serves when `serve` is called."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        with log.open("ab") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.standby", "--role", role],
                cwd=ROOT,
                env={**kept, **variables},
                stdin=subprocess.PIPE,
                stdout=errors,
                stderr=errors,
            )
        if process.stdin is None:
            raise RuntimeError("a pipe was asked for")
        return cls(process, process.stdin, port)

    async def serve(self) -> None:
        """Returns when it is ready. Raises RuntimeError when it ended instead."""
        self.start.write(b"go\n")
        self.start.flush()
        await ready(self.port, self.process)

    @property
    def dead(self) -> bool:
        return self.process.poll() is not None

    @property
    def killed(self) -> bool:
        """By -9, at its checkpoint or by us; not ended in another way."""
        return self.process.poll() == -signal.SIGKILL

    @property
    def pid(self) -> int:
        return self.process.pid

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)

    async def end(self) -> None:
        self.kill()
        await asyncio.to_thread(self.process.wait)
        self.start.close()
