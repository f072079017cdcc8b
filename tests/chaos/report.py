"""What a run says: one row a line, printed and written as JSON."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import orjson
import psutil

PACKAGES = ("aiohttp", "anthropic", "asyncpg", "openai", "pgqueuer", "slack-bolt", "slack-sdk", "SQLAlchemy")
GIB = 2**30


@dataclass(frozen=True, slots=True)
class Line:
    """One line of REQUIREMENTS. `figure` is what was counted, `met` whether all of it is within the bar."""

    id: str
    bar: str
    figure: str
    met: bool


def table(lines: Sequence[Line]) -> str:
    wide = max((len(line.id) for line in lines), default=0)
    shown = []
    for line in lines:
        shown.append(f"{line.id:<{wide}}  {'met    ' if line.met else 'NOT MET'}  {line.bar}")
        shown += [f"{'':<{wide}}           {part}" for part in line.figure.split("\n")]
    return "\n".join(shown)


def write(lines: Sequence[Line], target: Path, command: str, seconds: float) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "command": command,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds),
        "machine": machine(),
        "versions": versions(),
        "lines": [asdict(line) for line in lines],
    }
    target.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))


def machine() -> dict[str, object]:
    return {
        "system": f"{platform.system()} {platform.release()}",
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / GIB, 1),
    }


def versions() -> dict[str, str]:
    return {"python": sys.version.split()[0], **{name: version(name) for name in PACKAGES}}
