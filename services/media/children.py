"""Work on files that nobody may trust, in a child process: whatever the file does, only the child suffers."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import orjson

from services.errors import FileUnreadable
from services.media.unreadable import REASONS

ROOT = Path(__file__).parents[2]
MIB = 2**20
CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one child may use. Sizes in bytes; `file_size` is of each file it writes, `answer` of its result."""

    seconds: float = 20.0
    cpu: int = 30
    memory: int = 512 * MIB
    file_size: int = 0
    answer: int = 32 * MIB


async def in_child(job: str, name: str, bounds: Bounds, /, **request: Any) -> Any:
    """The job's result. Raises FileUnreadable for the file called `name`."""
    child = await _start(job, bounds, request)
    try:
        async with asyncio.timeout(bounds.seconds):
            answer = await _answer(child, bounds.answer)
            code = await child.wait()
    except TimeoutError:
        raise FileUnreadable(name, "too_large") from None
    finally:
        await _end(child)
    if code != 0 or answer is None:
        raise FileUnreadable(name, _reason(code))
    return orjson.loads(answer)


async def _start(job: str, bounds: Bounds, request: dict[str, Any]) -> Process:
    """The child gets an environment of its own: ours holds tokens. Its group is killed as one."""
    limits = {"memory": bounds.memory, "cpu": bounds.cpu, "file_size": bounds.file_size}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-P", "-m", "services.media.child", job),
        orjson.dumps({"limits": limits, "request": request}, default=str).decode(),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,
        start_new_session=True,
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "OPENBLAS_NUM_THREADS": "1"},
    )


async def _answer(child: Process, most: int) -> bytes | None:
    """None: there was more of it than `most`, and the child is gone."""
    pipe = cast("asyncio.StreamReader", child.stdout)
    read = bytearray()
    while chunk := await pipe.read(CHUNK):
        read += chunk
        if len(read) > most:
            _kill(child)
            return None
    return bytes(read)


async def _end(child: Process) -> None:
    if child.returncode is None:
        _kill(child)
        await child.communicate()


def _kill(child: Process) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _reason(code: int) -> str:
    """A child that was killed, by a signal or by the kernel, had too much to chew."""
    return "too_large" if code <= 0 else REASONS.get(code, "damaged")
