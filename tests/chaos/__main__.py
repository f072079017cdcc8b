"""`python -m tests.chaos [--only R1,R2] [--scale 1.0]`. Exit codes: 0, 1 (a line is not met), 2 (misused)."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import uvloop

from tests.chaos.ground import Ground, standing
from tests.chaos.lines import LINES
from tests.chaos.report import Line, table, write

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "build" / "chaos.json"
LONGEST = 7_200.0  # seconds one line may take


def main(arguments: Sequence[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    chosen = [name.strip().upper() for name in given.only.split(",") if name.strip()] or list(LINES)
    unknown = [name for name in chosen if name not in LINES]
    if unknown or given.scale <= 0:
        print(f"Unknown: {', '.join(unknown) or given.scale}. There are: {', '.join(LINES)}", file=sys.stderr)
        return 2
    begun = time.monotonic()
    lines = uvloop.run(run(chosen, given.scale))
    print("\n" + table(lines))
    command = f"python -m tests.chaos --only {','.join(chosen)} --scale {given.scale:g}"
    write(lines, TARGET, command, time.monotonic() - begun)
    return 0 if all(line.met for line in lines) else 1


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m tests.chaos", description="Faults on purpose, counted.")
    made.add_argument("--only", default="", help=f"lines to run, of {', '.join(LINES)}")
    made.add_argument("--scale", type=float, default=1.0, help="share of the full repetitions")
    return made


async def run(chosen: Sequence[str], scale: float) -> list[Line]:
    lines = []
    async with standing() as ground:
        for name in chosen:
            begun = time.monotonic()
            line = await one(name, ground, scale)
            print(f"{table([line])}\n({time.monotonic() - begun:.0f} s)", flush=True)
            lines.append(line)
    return lines


async def one(name: str, ground: Ground, scale: float) -> Line:
    """A line that could not be run to its end is not met."""
    try:
        async with asyncio.timeout(LONGEST):
            return await LINES[name](ground, scale)
    except Exception as error:
        traceback.print_exc()
        return Line(name, "runs to its end", f"{type(error).__name__}: {error}", met=False)


if __name__ == "__main__":
    sys.exit(main())
