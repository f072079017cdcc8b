"""The program as a process of its own whose words are kept, and as a guest in the test's process."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson

from bot import config
from bot.lifecycle import Program, started
from sandbox.server import Sandbox, SandboxSettings
from tests.databases import Database
from tests.e2e.stage import ROOT, Stage, environment

KEPT = ("PATH", "HOME", "LANG")


class Launched:
    """A process of `showrunner`, and everything it writes to its standard error."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._lines: list[str] = []
        self._changed = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    @property
    def said(self) -> str:
        return "\n".join(self._lines)

    @property
    def log(self) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self._lines if line.startswith("{")]

    async def logged(self, event: str, timeout: float = 60) -> dict[str, Any]:
        """The first line of this event, as soon as there is one."""
        async with asyncio.timeout(timeout), self._changed:
            while True:
                for line in self.log:
                    if line["event"] == event:
                        return line
                if self._reading.done():
                    raise AssertionError(f"ended without {event}:\n{self.said}")
                await self._changed.wait()

    async def port(self) -> int:
        return int((await self.logged("program.ready"))["port"])

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()

    async def ended(self, timeout: float = 60) -> int:
        """The exit code."""
        async with asyncio.timeout(timeout):
            code = await self._process.wait()
            await self._reading
        return code

    async def over(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self.ended()

    async def _read(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self._lines.append(line.decode().rstrip())
            await self._tell()
        await asyncio.sleep(0)
        await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


@asynccontextmanager
async def launched(variables: dict[str, str], *words: str) -> AsyncIterator[Launched]:
    """`showrunner` with these words (serve), on its way up; ended with -9 if it still runs."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *(words or ("serve",)),
        cwd=ROOT,
        env={**kept, **variables},
        stderr=asyncio.subprocess.PIPE,
    )
    program = Launched(process)
    try:
        yield program
    finally:
        await program.over()


@asynccontextmanager
async def workspace(database: Database, **settings: Any) -> AsyncIterator[Stage]:
    """A sandbox without a program."""
    async with Sandbox.running(SandboxSettings(**settings)) as sandbox:
        sandbox.providers.speed = 0
        yield Stage(sandbox, database)


@asynccontextmanager
async def at_work(stage: Stage, mode: str = "socket", **more: str) -> AsyncIterator[Program]:
    """The program in this process; it may come and go while the sandbox stays."""
    variables = environment(stage.sandbox, stage.database, mode, **more)
    async with started(config.load(variables)) as program:
        if mode == "http":
            stage.sandbox.deliver_over_http(f"http://127.0.0.1:{program.port}/slack/events")
        yield program


async def readiness(port: int) -> tuple[int, dict[str, bool]]:
    url, timeout = f"http://127.0.0.1:{port}/readyz", aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as answer:
        return answer.status, (await answer.json())["checks"]
