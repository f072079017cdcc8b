"""What a run found: a table for people, a file for machines."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
import psutil

Json = dict[str, Any]

SHOWN = (
    "slack-bolt",
    "slack-sdk",
    "anthropic",
    "openai",
    "aiohttp",
    "SQLAlchemy",
    "asyncpg",
    "pgqueuer",
    "uvloop",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of REQUIREMENTS; `notes` say under which conditions, in few words."""

    id: str
    what: str
    bar: str
    figure: str
    met: bool
    notes: tuple[str, ...] = ()


def machine() -> Json:
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
    }


def versions() -> Json:
    return {"python": platform.python_version(), **{name: version(name) for name in SHOWN}}


def report(figures: Sequence[Figure], command: str, about: Json, took: float) -> Json:
    """`about`: the machine."""
    return {
        "command": command,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(took),
        "machine": about,
        "versions": versions(),
        "lines": [asdict(figure) for figure in figures],
    }


def write(found: Json, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2) + b"\n")


def table(figures: Sequence[Figure]) -> str:
    lines = []
    for figure in figures:
        lines += [
            f"{figure.id:6} {'met ' if figure.met else 'OPEN'}  {figure.what}",
            f"{'':12}bar:    {figure.bar}",
            f"{'':12}figure: {figure.figure}",
            *(f"{'':12}        {note}" for note in figure.notes),
        ]
    return "\n".join(lines)


def _processor() -> str:
    """The kernel's name for it, where there is one."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
