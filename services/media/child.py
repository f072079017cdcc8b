"""The child of children.py: `python -m services.media.child JOB REQUEST`, REQUEST being JSON.

Writes the job's result as JSON to stdout, or exits with the code of a reason.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import resource
import signal
import sys
from contextlib import suppress
from typing import Any

import orjson

from services.media.unreadable import Unreadable

JOBS = {
    "text": "services.media.reading:text",
    "probe": "services.media.probing:probe",
    "pages": "services.media.reading:pages",
    "subtitles": "services.media.subtitles:read",
    "poster": "services.media.frames:poster",
    "contact_sheet": "services.media.frames:contact_sheet",
    "audio_parts": "services.media.sound:parts",
}
OPEN_FILES = 64
NICENESS = 5
PARENT_DEATH = 1  # PR_SET_PDEATHSIG
NEW_NETWORK, NEW_USERS = 0x40000000, 0x10000000


def main(job: str, request: dict[str, Any]) -> int:
    module, _, function = JOBS[job].partition(":")
    answer = _private_stdout()
    try:
        result = getattr(importlib.import_module(module), function)(**request)
        _write(answer, orjson.dumps(result))
    except Unreadable as error:
        return error.code
    except (MemoryError, RecursionError):
        return Unreadable("too_large").code
    except Exception:  # parsers raise anything on a broken file
        return Unreadable("damaged").code
    return 0


def limit_self(*, memory: int, cpu: int, file_size: int) -> None:
    """`memory` and `file_size` in bytes, `cpu` in seconds; nothing over the network, and no life after the parent."""
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, file_size),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError):  # a lower limit stands already, or (macOS) there is none for memory
            resource.setrlimit(kind, (most, most))
    os.nice(NICENESS)  # people who chat come first
    if sys.platform == "linux":
        _confine()


def _confine() -> None:
    """The network is taken away where the kernel lets us; no parser here has a reason to ask for it."""
    libc = ctypes.CDLL(None)
    libc.prctl(PARENT_DEATH, signal.SIGKILL)
    if libc.unshare(NEW_NETWORK) != 0:
        libc.unshare(NEW_USERS | NEW_NETWORK)


def _private_stdout() -> int:
    """Nothing but the answer gets into the pipe, whatever a library prints."""
    answer, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    return answer


def _write(to: int, data: bytes) -> None:
    while data:
        data = data[os.write(to, data) :]


if __name__ == "__main__":
    asked = orjson.loads(sys.argv[2])
    limit_self(**asked["limits"])
    code = main(sys.argv[1], asked["request"])
    os._exit(code)  # skips tearing down a parser's million objects
