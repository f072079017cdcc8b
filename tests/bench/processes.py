"""Programs in processes of their own, and what they cost the machine."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("PATH", "HOME", "LANG")
START_SECONDS = 60.0
STOP_SECONDS = 30.0
LOOK_AGAIN = 0.005


@dataclass(frozen=True, slots=True)
class Bot:
    """A program that is ready. `started_in`: seconds from its first instruction to its first "ready"."""

    process: psutil.Process
    port: int
    started_in: float

    @property
    def events_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/slack/events"

    def cpu(self) -> float:
        return cpu_of(self.process)

    def memory(self) -> int:
        """Resident bytes, children included."""
        return sum(process.memory_info().rss for process in family(self.process))


def family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def cpu_of(process: psutil.Process) -> float:
    """Seconds of processor time so far, of this process, its children, and those that have ended."""
    spent = 0.0
    for member in family(process):
        with suppress(psutil.NoSuchProcess):
            times = member.cpu_times()
            spent += times.user + times.system + times.children_user + times.children_system
    return spent


def busy() -> float:
    """Seconds of processor time that the machine has spent on anything at all."""
    times = psutil.cpu_times()
    return sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0)


@asynccontextmanager
async def running(
    module: str, port: int, variables: Mapping[str, str], log: Path, arguments: Sequence[str] = ()
) -> AsyncIterator[Bot]:
    """`python -m module` once it answers on /readyz; ended with SIGTERM."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    began = time.monotonic()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env={**kept, **variables},
            stdout=output,
            stderr=output,
        )
    try:
        await ready(port, process, log)
        yield Bot(psutil.Process(process.pid), port, time.monotonic() - began)
    finally:
        await ended(process)


async def ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    async with asyncio.timeout(START_SECONDS), aiohttp.ClientSession() as session:
        while not await _answers(session, f"http://127.0.0.1:{port}/readyz"):
            if process.poll() is not None:
                raise RuntimeError(
                    f"the program ended with {process.returncode}:\n{log.read_text()[-2_000:]}"
                )
            await asyncio.sleep(LOOK_AGAIN)


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        await asyncio.to_thread(process.wait, STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        await asyncio.to_thread(process.wait)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
