"""The text of a document, parsed in a child process: whatever the file does, only the child suffers."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from pathlib import Path

from services.errors import FileUnreadable
from services.media.unreadable import REASONS

SECONDS = 20.0
ROOT = Path(__file__).parents[2]


async def document_text(path: Path, name: str, mimetype: str, *, limit: int, seconds: float = SECONDS) -> str:
    """At most `limit` characters, and a last line that says so where that is not all.

    `name` and `mimetype` are the uploader's claims; the content has to agree with them. Raises
    FileUnreadable: "password", "damaged", "type", or "too_large" (out of memory, time or unpacked size).
    """
    child = await _start(path, name, mimetype, limit)
    try:
        async with asyncio.timeout(seconds):
            text, _ = await child.communicate()
    except TimeoutError:
        raise FileUnreadable(name, "too_large") from None
    finally:
        await _end(child)
    if child.returncode != 0:
        raise FileUnreadable(name, _reason(child.returncode))
    return text.decode()


async def _start(path: Path, name: str, mimetype: str, limit: int) -> Process:
    """The child gets an environment of its own: ours holds tokens."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-P", "-m", "services.media.parse_child"),
        *(str(path), name, mimetype, str(limit)),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )


async def _end(child: Process) -> None:
    if child.returncode is None:
        with suppress(ProcessLookupError):
            child.kill()
        await child.communicate()


def _reason(code: int | None) -> str:
    """A child that was killed, by a signal or by the kernel, had too much to chew."""
    if code is None or code < 0:
        return "too_large"
    return REASONS.get(code, "damaged")
