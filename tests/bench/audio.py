"""P6: the sound of a ten-minute video made ready for transcription, against ffmpeg on the command line.

Doing the same takes ffmpeg two runs: one to make 16 kHz mono FLAC of it and look for the pauses, one to cut it there.
Where there is no ffmpeg, the floor is a plain loop of PyAV that decodes, resamples and encodes, and cuts nothing.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sandbox.recordings import INTERVIEW, Film, talk, write_film
from services.entities.media import AudioPart
from services.media.child import NICENESS
from services.media.cutting import SILENT
from services.media.reader import LimitedMediaReader
from tests.bench.numbers import median, ratio
from tests.bench.report import Figure
from tests.bench.stand import Stand

BAR = 1.2
MINUTE = 60
RATE = 16_000
LOOP = """
import av, sys
source, target = sys.argv[1:]
inp, out = av.open(source), av.open(target, "w", format="flac")
stream = out.add_stream("flac", rate=16000, layout="mono")
resampler = av.AudioResampler(format="s16", layout="mono", rate=16000)
for frame in inp.decode(audio=0):
    for piece in resampler.resample(frame):
        out.mux(stream.encode(piece))
for piece in resampler.resample(None):
    out.mux(stream.encode(piece))
out.mux(stream.encode(None))
out.close()
"""
Floor = Callable[[Path, Path, Sequence[AudioPart]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Size:
    rounds: int = 7
    minutes: float = 10.0


async def bench(_: Stand | None, size: Size) -> list[Figure]:
    return [await measured(size)]


async def measured(size: Size) -> Figure:
    with tempfile.TemporaryDirectory(prefix="p6-") as folder:
        work = Path(folder)
        video = await asyncio.to_thread(write_film, work / "long.mp4", film(size.minutes))
        parts = await ours(video, work)  # everything has been read once
        floor, named = (ffmpeg, "ffmpeg") if shutil.which("ffmpeg") else (loop, "a plain loop of PyAV")
        times: dict[str, list[float]] = {"ours": [], "floor": [], "once": []}
        for _ in range(size.rounds):
            times["floor"].append(await timed(floor(video, work, parts)))
            times["ours"].append(await timed(ours(video, work)))
            if floor is ffmpeg:
                times["once"].append(await timed(ffmpeg_once(video, work)))
        return figure(size, times, named, len(parts))


def figure(size: Size, times: dict[str, list[float]], named: str, count: int) -> Figure:
    times_it = ratio(times["ours"], times["floor"])
    ours_took, floor_took = median(times["ours"]), median(times["floor"])
    medians = f"ours {ours_took:.2f} s with the start of its process, {named} {floor_took:.2f} s"
    notes = [f"medians of {size.rounds} rounds: {medians}; {count} parts of FLAC"]
    if times["once"]:
        notes.append(
            "the floor is two runs, as cutting at pauses takes; one run that neither looks for pauses nor cuts: "
            f"{median(times['once']):.2f} s"
        )
    else:
        notes.append("the floor of the requirement could not be measured: there is no ffmpeg on this machine")
    return Figure(
        "P6",
        f"the sound of a video of {size.minutes:g} minutes made ready for transcription, against {named}",
        f"at most {BAR:g} times its time",
        f"{times_it:.2f} times its time",
        times_it <= BAR,
        tuple(notes),
    )


def film(minutes: float) -> Film:
    """The interview again and again; stereo or mono makes no difference to either side."""
    import numpy as np

    once = talk(INTERVIEW, heard=False)
    count = round(minutes * MINUTE * RATE)
    whole = np.resize(once.samples, count)
    return Film("A long talk", replace(once, samples=whole, cues=()))


async def ours(video: Path, work: Path) -> Sequence[AudioPart]:
    return await LimitedMediaReader().audio_parts(video, emptied(work / "ours"))


async def ffmpeg(video: Path, work: Path, parts: Sequence[AudioPart]) -> None:
    folder = emptied(work / "ffmpeg")
    whole = folder / "whole.flac"
    detected = f"silencedetect=noise={SILENT / 32_768:.5f}:d=0.3"
    await run(*ready(video), "-af", detected, str(whole))
    cuts = ",".join(f"{part.end:.2f}" for part in parts[:-1])
    cut = ("-f", "segment", "-segment_times", cuts) if cuts else ()
    await run(
        "ffmpeg", "-v", "error", "-y", "-i", str(whole), "-c", "copy", *cut, str(folder / "part%05d.flac")
    )


async def ffmpeg_once(video: Path, work: Path) -> None:
    await run(*ready(video), str(emptied(work / "once") / "whole.flac"))


def ready(video: Path) -> list[str]:
    made = ["-vn", "-ac", "1", "-ar", str(RATE)]
    return ["ffmpeg", "-v", "error", "-y", "-i", str(video), *made]


async def loop(video: Path, work: Path, _: Sequence[AudioPart]) -> None:
    await run(sys.executable, "-c", LOOP, str(video), str(emptied(work / "loop") / "whole.flac"))


async def run(*command: str) -> None:
    """As nice to others as our child is."""
    process = await asyncio.create_subprocess_exec("nice", "-n", str(NICENESS), *command)
    if await process.wait() != 0:
        raise RuntimeError(f"{command[0]} failed")


async def timed(work: Awaitable[object]) -> float:
    begun = time.perf_counter()
    await work
    return time.perf_counter() - begun


def emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder
