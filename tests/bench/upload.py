"""P5: a large file from Slack into the object store, against a plain download to disk."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import dataclass
from typing import Any

import orjson

from tests.bench.numbers import median, ratio
from tests.bench.processes import ROOT
from tests.bench.report import Figure
from tests.bench.stand import Stand

SHARE = 0.6
MIB = 2**20
GROWTH = 64 * MIB
LONGEST = 900.0  # seconds for one of them


@dataclass(frozen=True, slots=True)
class Size:
    rounds: int = 3
    bytes: int = 1024 * MIB


@dataclass(frozen=True, slots=True)
class Took:
    """`fetched`: seconds after which all bytes had come; `growth`: bytes of memory at the most."""

    seconds: float
    fetched: float
    growth: int


async def bench(stand: Stand, size: Size) -> list[Figure]:
    return [await measured(stand, size)]


async def measured(stand: Stand, size: Size) -> Figure:
    file = await stand.workspace.order("file", size=size.bytes)
    environment = stand.workspace.environment
    about = {**file, "token": environment["SLACK_BOT_TOKEN"], "api": environment["SLACK_API_URL"]}
    floors: list[Took] = []
    ours: list[Took] = []
    try:
        await one("floor", about)  # the file is in the page cache from now on, for both
        for _ in range(size.rounds):
            floors.append(await one("floor", about))
            ours.append(await one("ours", about))
    finally:
        await stand.workspace.order("forget", file=file["id"])
    return figure(floors, ours, size)


async def one(what: str, about: dict[str, Any]) -> Took:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        given = orjson.dumps({**about, "what": what, "folder": folder}).decode()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench.uploading", given, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        told, _ = await asyncio.wait_for(process.communicate(), LONGEST)
        if process.returncode:
            raise RuntimeError(f"{what} ended with {process.returncode}")
        return Took(**orjson.loads(told))


def figure(floors: list[Took], ours: list[Took], size: Size) -> Figure:
    throughput = 1 / ratio([each.seconds for each in ours], [each.seconds for each in floors])
    growth = max(each.growth for each in ours)
    return Figure(
        "P5",
        f"a file of {size.bytes / MIB:,.0f} MiB from Slack to the object store, against a plain aiohttp download to disk",
        f"at least {SHARE:g} of its throughput; memory growth under {GROWTH // MIB} MiB",
        f"{throughput:.2f} of its throughput; memory growth {growth / MIB:.0f} MiB",
        throughput >= SHARE and growth < GROWTH,
        (
            f"medians of {size.rounds} rounds; ours {_shown(ours, size)}; floor {_shown(floors, size)}",
            "both end with the file on the disk itself (fsync); ours is hashed on its way and again in the store",
        ),
    )


def _shown(each: list[Took], size: Size) -> str:
    seconds, fetched = median(one.seconds for one in each), median(one.fetched for one in each)
    return f"{seconds:.1f} s ({size.bytes / MIB / seconds:,.0f} MiB/s), all bytes here after {fetched:.1f} s"
