"""The sound of a file, made ready for transcription: 16 kHz mono FLAC, cut at pauses. In the child process only."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from services.media import containers, kinds
from services.media.unreadable import Unreadable

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.filter import Graph
    from av.filter.context import FilterContext

    from services.media.cutting import Piece, Samples

RATE = 16_000
AT_A_TIME = 4 * RATE  # samples
BEHIND = 4  # parts that may wait to be written
PLACES = 2


def parts(path: str, folder: str, longest: float) -> list[dict[str, Any]]:
    """The fields of the AudioParts; none where there is no sound. Raises Unreadable."""
    source = Path(path)
    family = kinds.sniff(source)
    with containers.opened(source, str(family)) as container:
        sound = next(iter(container.streams.audio), None)
        if sound is None:
            return []
        index = sound.index
    found: list[dict[str, Any]] = []
    writing: list[Future[None]] = []
    with ThreadPoolExecutor(1) as writer:  # encodes while the next seconds are decoded
        for piece in _pieces(_decoded(source, str(family), index), longest):
            if piece.samples is None and found and found[-1]["silent"]:
                found[-1]["end"] = _seconds(piece.end)
                continue
            target = Path(folder) / f"part-{len(found):05}.flac"
            found.append(_part(len(found), target, piece))
            if piece.samples is not None:
                writing.append(writer.submit(_write, target, piece.samples))
            if len(writing) > BEHIND:
                writing.pop(0).result()
        for each in writing:
            each.result()
    if not found:
        raise Unreadable("damaged")
    return found


def _part(number: int, target: Path, piece: Piece) -> dict[str, Any]:
    return {
        "number": number,
        "path": str(target),
        "start": _seconds(piece.start),
        "end": _seconds(piece.end),
        "silent": piece.samples is None,
        "speech": [(_seconds(start), _seconds(end)) for start, end in piece.speech],
    }


def _seconds(samples: int) -> float:
    return round(samples / RATE, PLACES)


def _pieces(decoded: Iterator[Samples], longest: float) -> Iterator[Piece]:
    from services.media.cutting import Cutter

    cutter, heard = Cutter(), 0
    for samples in decoded:
        heard += len(samples)
        if heard > longest * RATE:
            raise Unreadable("too_long")
        yield from cutter.feed(samples)
    yield from cutter.end()


def _decoded(source: Path, family: str, index: int) -> Iterator[Samples]:
    """Some seconds at a time. The whole way from the file is FFmpeg's own: a loop over its small frames takes twice as long.

    Gaps between timestamps become silence, so that times in the parts are times in the recording.
    """
    import av
    from av.filter import Graph

    graph = Graph()  # lives as long as its sink is asked
    sink = _linked(graph, source, family, index)
    try:
        while True:
            yield cast("AudioFrame", sink.pull()).to_ndarray()[0]
    except av.error.EOFError:
        return
    except av.error.FFmpegError as error:
        raise Unreadable("too_large" if isinstance(error, MemoryError) else "damaged") from None


def _linked(graph: Graph, source: Path, family: str, index: int) -> FilterContext:
    options = "protocol_whitelist=file"
    steps = [
        graph.add(
            "amovie", filename=str(source), format_name=family, stream_index=str(index), format_opts=options
        ),
        graph.add("aresample", f"{RATE}:async=1:first_pts=0"),
        graph.add("aformat", f"sample_fmts=s16:sample_rates={RATE}:channel_layouts=mono"),
        graph.add("asetnsamples", f"n={AT_A_TIME}:p=0"),
        graph.add("abuffersink"),
    ]
    for one, after in pairwise(steps):
        one.link_to(after)
    graph.configure()
    return steps[-1]


def _write(target: Path, samples: Samples) -> None:
    import av

    with av.open(str(target), "w", format="flac") as out:
        stream = out.add_stream("flac", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
        frame.sample_rate = RATE
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
