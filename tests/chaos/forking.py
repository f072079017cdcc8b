"""As `crashing`, for one that dies again and again: forked from a process that has done its imports."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import orjson

from tests.e2e.stage import ROOT, ready

KEPT = ("PATH", "HOME", "LANG")


@dataclass
class Forked:
    """`returncode`: None while it lives; negative: the signal that ended it."""

    pid: int
    returncode: int | None = None

    def poll(self) -> int | None:
        return self.returncode

    @property
    def killed(self) -> bool:
        """By -9, at its checkpoint or by us; not ended in another way."""
        return self.returncode == -signal.SIGKILL

    async def kill(self) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        while self.returncode is None:
            await asyncio.sleep(0.01)


class Standby:
    """Starts the program again and again, one at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._watching: asyncio.Task[None] | None = None

    async def serve(self, variables: dict[str, str], port: int, log: Path, role: str = "all") -> Forked:
        """Returns when it is ready. Raises RuntimeError when it ended instead."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        wanted = {"environment": {**kept, **variables}, "arguments": ["--role", role], "log": str(log)}
        assert self._process.stdin is not None
        self._process.stdin.write(orjson.dumps(wanted) + b"\n")
        doomed = Forked(await self._told())
        self._watching = asyncio.create_task(self._watch(doomed))
        await ready(port, doomed)
        return doomed

    async def _watch(self, doomed: Forked) -> None:
        doomed.returncode = await self._told()

    async def _told(self) -> int:
        assert self._process.stdout is not None
        return int(await self._process.stdout.readline())


@asynccontextmanager
async def standby(log: Path) -> AsyncIterator[Standby]:
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.chaos.zygote",
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
    try:
        yield Standby(process)
    finally:
        process.kill()
        await process.wait()
