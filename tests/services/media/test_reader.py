"""The reader as the library uses it: through its children."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from sandbox.providers import Providers
from sandbox.recordings import Film, Line, talk, write_film
from services.entities.media import MediaKind, Page, Segment
from services.errors import FileUnreadable
from services.media import children
from services.media.children import MIB, Bounds, in_child
from services.media.reader import LimitedMediaReader, MediaLimits
from services.models.openai import openai_client
from services.models.transcription import OpenAITranscriber
from tests.services.media import running
from tests.services.media.files import write_pdf, write_slow_pdf
from tests.services.media.recordings import silence, write_media

PLENTY = Bounds(seconds=20, memory=512 * MIB)


@pytest.fixture
def reader():
    return LimitedMediaReader()


async def test_a_video_is_read_from_all_sides(reader, tmp_path):
    path = write_media(tmp_path / "a.mp4", subtitles=[(0.5, 1.5, "Hello"), (2.0, 3.0, "Bye")], language="eng")
    found = await reader.probe(path, "a.mp4", "video/mp4")
    assert (found.kind, found.duration) == (MediaKind.VIDEO, 4.0)
    said = await reader.subtitles(path, found.subtitles[0])
    assert said == [Segment(0.5, 1.5, "Hello"), Segment(2.0, 3.0, "Bye")]
    assert await reader.poster(path, tmp_path / "poster.jpg")
    assert await reader.contact_sheet(path, tmp_path / "sheet.jpg")
    (part,) = await reader.audio_parts(path, tmp_path)
    assert (part.number, part.start, part.silent, part.path.exists()) == (0, 0.0, False, True)
    assert part.speech == ((0.0, pytest.approx(4, abs=0.1)),)


async def test_a_document_has_pages_and_a_video_has_none(reader, tmp_path):
    path = write_pdf(tmp_path / "stored without an ending", "We start in May.")
    found = await reader.probe(path, "plan.pdf", "application/pdf")
    assert await reader.pages(path, found) == [Page(1, "We start in May.")]
    video = write_media(tmp_path / "a.mp4", seconds=1)
    assert await reader.pages(video, await reader.probe(video, "a.mp4", "")) == []


async def test_the_limits_are_the_readers_own(tmp_path):
    path = write_media(tmp_path / "a.mp4", seconds=2)
    with pytest.raises(FileUnreadable) as refused:
        await LimitedMediaReader(MediaLimits(longest=1.0)).probe(path, "film.mp4", "")
    assert (refused.value.name, refused.value.reason) == ("film.mp4", "too_long")


async def test_parts_that_came_to_nothing_are_gone(tmp_path):
    path = write_media(tmp_path / "a.mp3", seconds=45, pictures=None, sound="libmp3lame")
    folder = tmp_path / "parts"
    folder.mkdir()
    with pytest.raises(FileUnreadable, match="too_long"):
        await LimitedMediaReader(MediaLimits(longest=44.0)).audio_parts(path, folder)
    assert list(folder.iterdir()) == []


async def test_what_is_said_in_a_film_is_read_with_its_times(reader, tmp_path):
    """Speech of espeak-ng, where it is installed, through AAC, our cutting and FLAC, to the stand-in for OpenAI."""
    lines = [Line("We raise the price in spring."), Line("And nobody will mind, I am sure.", pause=0.5)]
    spoken = talk(lines)
    path = write_film(tmp_path / "a.mp4", Film("Prices", spoken))
    parts = await reader.audio_parts(path, tmp_path)
    app = web.Application()
    app.add_routes(Providers(seed=1).routes())
    async with (
        TestServer(app) as server,
        openai_client("sk-sandbox", str(server.make_url("/openai/v1"))) as client,
    ):
        asked = OpenAITranscriber(client, "gpt-transcribe")
        heard = [await asked.transcribe(part) for part in parts if not part.silent]
    segments = [segment for transcript, _ in heard for segment in transcript.segments]
    assert [segment.text for segment in segments] == [line.text for line in lines]
    for segment, (start, end, _) in zip(segments, spoken.turns, strict=True):
        assert (segment.start, segment.end) == (pytest.approx(start, abs=0.7), pytest.approx(end, abs=0.7))
    assert sum(usage.seconds for _, usage in heard) == pytest.approx(spoken.seconds, abs=1)


# ---- the child -------------------------------------------------------------------------------


async def test_a_child_has_only_so_much_memory(tmp_path):
    path = write_media(tmp_path / "a.mp4", seconds=1)
    with pytest.raises(FileUnreadable, match=r"too_large|damaged"):
        await probe_with(path, Bounds(memory=64 * MIB))


async def test_a_child_has_only_so_much_time(tmp_path):
    path = write_slow_pdf(tmp_path / "a.pdf")
    with pytest.raises(FileUnreadable, match="too_large"):
        await in_child(
            "pages", "a.pdf", Bounds(seconds=20, cpu=1), path=path, format="pdf", limit=10**6, most=10
        )


async def test_a_child_writes_only_so_much(tmp_path):
    path = write_media(tmp_path / "a.flac", pictures=None, sound="flac", samples=noise(10))
    with pytest.raises(FileUnreadable):
        await in_child(
            "audio_parts", "a.flac", Bounds(file_size=10_000), path=path, folder=tmp_path, longest=60.0
        )


async def test_a_child_answers_only_so_much(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("x" * 100_000)
    with pytest.raises(FileUnreadable, match="too_large"):
        await in_child("pages", "a.txt", Bounds(answer=50_000), path=path, format="text", limit=10**6, most=1)


async def test_a_child_does_not_reach_the_network():
    script = (
        "import socket; from services.media import child; child._confine()\n"
        "try:\n    socket.create_connection(('127.0.0.1', PORT), 1)\n    print('reached')\n"
        "except OSError:\n    print('refused')\n"
    )
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        child = await asyncio.create_subprocess_exec(
            *(children.sys.executable, "-c", script.replace("PORT", str(port))),
            stdout=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": str(children.ROOT)},
        )
        said, _ = await child.communicate()
    if os.geteuid() == 0:
        assert said.strip() == b"refused"
    else:
        assert said.strip() in {b"refused", b"reached"}  # where the kernel gives nobody a namespace


async def test_no_child_outlives_a_reader_that_is_stopped(tmp_path):
    path = write_slow_pdf(tmp_path / "a.pdf")
    asking = asyncio.ensure_future(LimitedMediaReader().probe(path, "a.pdf", ""))
    reading = asyncio.ensure_future(
        in_child("pages", "a.pdf", PLENTY, path=path, format="pdf", limit=10**6, most=10)
    )
    async with asyncio.timeout(20):
        while not running.children():
            await asyncio.sleep(0.01)
    for task in (asking, reading):
        task.cancel()
    await asyncio.wait([asking, reading])
    assert running.children() == []


async def probe_with(path: Path, bounds: Bounds):
    return await in_child(
        "probe", path.name, bounds, path=path, name=path.name, declared="", pixels=10**8, longest=60.0
    )


def noise(seconds: float):
    import numpy as np

    made = np.random.default_rng(1).integers(-8_000, 8_000, len(silence(seconds)))
    return made.astype(np.int16)
