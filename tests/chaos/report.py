"""What a run says: one row a line, printed and written as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from tests.bench.report import machine, versions


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
