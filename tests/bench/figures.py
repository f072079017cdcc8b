"""`python -m tests.bench.figures`: docs/figures.md from what `make bench` and `make chaos` have written."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from tests.bench.processes import ROOT

Json = dict[str, Any]

SOURCES = (("Speed", ROOT / "build" / "bench.json"), ("Reliability", ROOT / "build" / "chaos.json"))
PAGE = ROOT / "docs" / "figures.md"
HEAD = """\
# Figures

Written by `python -m tests.bench.figures` from what `make bench` and `make chaos` measured; not edited by hand.
Bars are those of the requirements. Ratios come from runs in which floor and product took turns.
"""


def main() -> int:
    found = [(title, read(path)) for title, path in SOURCES if path.exists()]
    if not found:
        print("Nothing has been measured yet: run `make bench` or `make chaos` first.", file=sys.stderr)
        return 1
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(found))
    print(f"Written to {PAGE.relative_to(ROOT)}.")
    return 0


def read(path: Path) -> Json:
    """The report in `path`; raises ValueError where there is none."""
    report: Json = orjson.loads(path.read_bytes())
    if "lines" not in report:
        raise ValueError(f"{path.name} is no report: it has no lines")
    return report


def page(reports: Sequence[tuple[str, Json]]) -> str:
    return "\n".join([HEAD, *(section(title, report) for title, report in reports)])


def section(title: str, report: Json) -> str:
    lines = [f"## {title}", "", *origin(report), "", "| id | bar | figure | met |", "|---|---|---|---|"]
    lines += [row(line) for line in report["lines"]]
    notes = [note for line in report["lines"] for note in conditions(line)]
    return "\n".join([*lines, *(["", *notes] if notes else []), ""])


def origin(report: Json) -> list[str]:
    machine = ", ".join(
        f"{name.replace('_', ' ')} {shown(value)}" for name, value in report["machine"].items()
    )
    versions = ", ".join(f"{name} {value}" for name, value in report["versions"].items())
    return [
        f"- Date: {report['date']}",
        f"- Command: `{report['command']}`",
        f"- Machine: {machine}",
        f"- Versions: {versions}",
    ]


def row(line: Json) -> str:
    what = f"{line['what']}: " if line.get("what") else ""
    cells = (line["id"], what + line["bar"], line["figure"], "yes" if line["met"] else "**no**")
    return f"| {' | '.join(cell.replace('|', '∣').replace(chr(10), '<br>') for cell in cells)} |"


def conditions(line: Json) -> list[str]:
    return [f"- {line['id']}: {note}." for note in line.get("notes") or ()]


def shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


if __name__ == "__main__":
    sys.exit(main())
