"""The server's own log file: small, and the last thing it said."""

import os
from pathlib import Path
from typing import BinaryIO

LOG_BYTES = 2 * 1024 * 1024


def open_log(log: Path) -> BinaryIO:
    """For appending, so that the server goes on at the start after `bound_log` has emptied it."""
    bound_log(log)
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def bound_log(log: Path, limit: int = LOG_BYTES) -> None:
    """Keeps at most `limit` bytes, and as many of what came before in a file beside it."""
    if not log.exists() or log.stat().st_size <= limit:
        return
    older = log.with_name(f"{log.name}.1")
    older.touch(mode=0o600)
    older.write_bytes(_last_bytes(log, limit))
    os.truncate(log, 0)


def tail(log: Path, lines: int = 15) -> str:
    if not log.exists():
        return "(nothing was written)"
    text = _last_bytes(log, 8 * 1024).decode(errors="replace")
    return "\n".join(text.splitlines()[-lines:])


def _last_bytes(path: Path, count: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - count))
        return file.read()
