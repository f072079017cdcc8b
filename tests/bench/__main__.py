"""`python -m tests.bench [--only P1,P2]`: a table, and build/bench.json."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import psutil
import uvloop

from storage.embedded import EmbeddedPostgres
from tests.bench import (
    acknowledgement,
    audio,
    caching,
    calls,
    growth,
    latency,
    recall,
    report,
    reservations,
    search,
    start,
    throughput,
    upload,
    usage,
)
from tests.bench.processes import ROOT, busy, cpu_of
from tests.bench.report import Figure
from tests.bench.stand import Stand, standing
from tests.databases import Database

T = TypeVar("T")
Bench = Callable[[Stand], Awaitable[list[Figure]]]

OUT = ROOT / "build" / "bench.json"
LOGS = ROOT / "build" / "bench"
BENCHES: dict[str, Bench] = {
    "P1": lambda stand: acknowledgement.bench(stand, acknowledgement.Size()),
    "P2": lambda stand: throughput.bench(stand, throughput.Size()),
    "P2x10": lambda stand: growth.bench(stand, growth.Size()),
    "P3": lambda stand: latency.bench(stand, latency.Size()),
    "P4": lambda stand: calls.bench(stand, calls.Size()),
    "P5": lambda stand: upload.bench(stand, upload.Size()),
    "P6": lambda stand: audio.bench(stand, audio.Size()),
    "P7": lambda stand: search.bench(stand, search.Size()),
    "P8": lambda stand: usage.bench(stand, usage.Size()),
    "P9": lambda stand: reservations.bench(stand, reservations.Size()),
    "P11": lambda stand: start.bench(stand, start.Size()),
    "recall": lambda stand: recall.bench(stand),
    "P12": lambda _: caching.bench(caching.Size()),
}


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    wanted = options.only or list(BENCHES)
    began = time.monotonic()
    try:
        figures, elsewhere = uvloop.run(until_told(run(wanted)))
    except asyncio.CancelledError:
        return 1
    took = time.monotonic() - began
    about = report.machine() | {"busy_elsewhere": f"{elsewhere:.0%}"}
    command = "python -m tests.bench" + (f" --only {','.join(wanted)}" if options.only else "")
    report.write(report.report(figures, command, about, took), OUT)
    print(
        f"\n{report.table(figures)}\n\nOther work kept {elsewhere:.0%} of the machine's cores busy meanwhile."
    )
    print(f"Written to {OUT.relative_to(ROOT)}.")
    return 0 if all(figure.met for figure in figures) else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", type=_names, default=[], help=f"some of {', '.join(BENCHES)}")
    return parser.parse_args(arguments)


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in BENCHES:
            raise argparse.ArgumentTypeError(f"there is no bench {name}; there are {', '.join(BENCHES)}")
    return names


async def run(wanted: Sequence[str]) -> tuple[list[Figure], float]:
    """The figures, and the share of the cores that others used: ratios bear it, single rounds may not."""
    figures: list[Figure] = []
    LOGS.mkdir(parents=True, exist_ok=True)
    began, busy_before, ours_before = time.monotonic(), busy(), cpu_of(psutil.Process())
    async with postgres() as server, standing(server, LOGS) as stand:
        for name in wanted:
            print(f"{name} …", file=sys.stderr, flush=True)
            figures += await one(name, stand)
        database = await stand.postgres_cpu()
    ours = cpu_of(psutil.Process()) - ours_before + database
    cores = (psutil.cpu_count() or 1) * (time.monotonic() - began)
    return figures, max(0.0, busy() - busy_before - ours) / cores


async def until_told(work: Coroutine[Any, Any, T]) -> T:
    """SIGTERM ends what was started, too."""
    working = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, working.cancel)
    return await working


async def one(name: str, stand: Stand) -> list[Figure]:
    """A bench that could not be run to its end is not met."""
    try:
        return await BENCHES[name](stand)
    except Exception as error:
        traceback.print_exc()
        return [Figure(name, "runs to its end", "a figure", f"{type(error).__name__}: {error}", met=False)]


@asynccontextmanager
async def postgres() -> AsyncIterator[Database]:
    """A server of our own that waits for the disk, as one in service does."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        server = EmbeddedPostgres(Path(folder) / "data")
        await server.start()
        try:
            yield Database(server.url("postgres"))
        finally:
            await server.stop()
            # As root the server lives elsewhere, behind a link.
            shutil.rmtree((Path(folder) / "data" / "postgres").resolve(), ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
