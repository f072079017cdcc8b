"""The server's processes, as the machine's process table shows them."""

import asyncio
import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from storage.embedded.errors import EmbeddedError

POLL_SECONDS = 0.01


@dataclass(frozen=True)
class PidFile:
    pid: int
    status: str | None
    """`starting`, `ready`, `stopping`; None when the file ends before it."""


def read_pid_file(cluster: Path) -> PidFile | None:
    """None when there is no file, or nothing in it that could be a process."""
    try:
        lines = (cluster / "postmaster.pid").read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return None
    first = lines[0].strip() if lines else ""
    if not (first.isascii() and first.isdecimal()):
        return None
    return PidFile(int(first), lines[7].strip() if len(lines) > 7 else None)


def alive(pid: int) -> bool:
    """A zombie is dead: the first process of a container may never collect it."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def belongs(pid: int, server_name: str) -> bool:
    """Whether `pid` is a living process of that server; its name is an argument or in the title of each."""
    try:
        process = psutil.Process(pid)
        return process.name() == "postgres" and any(server_name in word for word in process.cmdline())
    except psutil.Error:
        return False


def family(server_name: str) -> list[int]:
    return [pid for pid in psutil.pids() if belongs(pid, server_name)]


async def all_gone(pids: Iterable[int], within: float) -> bool:
    deadline = time.monotonic() + within
    waiting = list(pids)
    while waiting := [pid for pid in waiting if alive(pid)]:
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(POLL_SECONDS)
    return True


def send(pids: Iterable[int], sign: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, sign)


async def retire(server_name: str) -> None:
    """Ends what is left of a server whose postmaster is dead or not to be trusted, and waits for that.

    A backend busy with a long statement outlives its postmaster, still writing to the shared files.
    """
    for sign, patience in ((signal.SIGQUIT, 3.0), (signal.SIGKILL, 5.0), (signal.SIGKILL, 5.0)):
        left = await asyncio.to_thread(family, server_name)
        if not left:
            return
        send(left, sign)
        await all_gone(left, patience)
    if left := await asyncio.to_thread(family, server_name):
        raise EmbeddedError(
            f"PostgreSQL processes {left} do not end, not even when killed. Is the disk stuck?"
        )
