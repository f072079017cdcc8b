"""R14: files of 10 GB, of the wrong type, bombs, broken videos, Slack's sign-in page with status 200.

Bar: refused with a clear message; memory growth under 64 MiB; no temporary file left.

Each file goes the way a shared one goes: fetched from a Slack file host with our token, then probed in the child that
does the parsing. One of each kind is also shared in a channel of a running program, whose message has to say why it
is not added; nothing of it may be stored. Memory is the peak of this process over what it had, and of the largest
child over a child that reads a small sound file in order; both are read from the kernel's high-water marks.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import random
import tempfile
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import aiohttp
import psutil
from aiohttp import web
from aiohttp.test_utils import TestServer

from handlers.blocks.library.progress import refusal
from handlers.boundary import explain
from handlers.files import SlackFiles
from handlers.sender.gate import SlackCalls
from services.entities.conversations import FileRef
from services.errors import FileUnreadable
from services.media.reader import LimitedMediaReader
from tests.chaos.ground import Ground
from tests.chaos.report import Line
from tests.chaos.stage import ChaosStage
from tests.e2e.stage import everything
from tests.services.media import files as made
from tests.services.media.recordings import write_media

BAR = "refused with a clear message; memory growth under 64 MiB; no temporary file left"
MOST = 64 * made.MIB
LIMIT = 2 * 2**30  # bytes a file may have
HUGE = 10 * 10**9
CHUNK = 1 << 20
BROKEN_VIDEOS = 200
PATIENCE = 60.0  # seconds
NOT_SHARED = ("sign-in page sent as a video", "a program")
"""The sandbox's Slack sends no such page; and nobody is bothered about types that the library never takes up."""
SIGN_IN = b"<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in</body></html>"
HTML = "text/html; charset=utf-8"
VIDEO = "video/mp4"


@dataclass(frozen=True, slots=True)
class Given:
    """A file as it is told of, and as it comes. `size` is what its message says; `length`: bytes that are sent."""

    what: str
    name: str
    declared: str
    reasons: tuple[str, ...]
    path: Path | None = None
    body: bytes = b""
    size: int | None = None
    length: int | None = None
    told_length: bool = True
    content_type: str = "application/octet-stream"


async def run(
    ground: Ground, scale: float, *, limit: int = LIMIT, huge: int = HUGE, in_channels: int | None = None
) -> Line:
    """`in_channels`: how many are shared there; None: one of each kind."""
    with tempfile.TemporaryDirectory(prefix="r14-") as folder:
        root = Path(folder)
        (root / "made").mkdir()
        given = await asyncio.to_thread(lambda: list(bad_files(root / "made", scale, limit, huge)))
        found = await taken_in(given, root / "work", limit)
        count = await shared(ground, chosen(given)[:in_channels], root / "shared", huge, found)
    return line(found, len(given), count)


@dataclass(slots=True)
class Found:
    wrong: Counter[str]
    reasons: Counter[str]
    parent: int = 0
    child: int = 0
    usual: int = 0


async def taken_in(given: list[Given], work: Path, limit: int) -> Found:
    work.mkdir()
    found = Found(Counter(), Counter())
    async with host({str(number): each for number, each in enumerate(given)}) as (slack, url):
        with temporary_files_in(work), watched() as usual:
            await in_order(work.parent / "made")
        found.usual = usual.child
        with temporary_files_in(work), watched() as peaks:
            for number, each in enumerate(given):
                await one(slack, f"{url}/files/{number}", each, limit, found)
                found.wrong["temporary files left"] += len(list(work.rglob("*")))
    found.parent, found.child = peaks.parent, peaks.child
    return found


async def one(slack: SlackFiles, url: str, given: Given, limit: int, found: Found) -> None:
    size = given.size if given.size is not None else len(given.body)
    file = FileRef("F1", given.name, given.declared, size, url)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            await slack.fetch(file, path, limit=limit)
            await read(path, file)
        if given.reasons:
            found.wrong[f"{given.what}: taken in"] += 1
        found.reasons["taken in"] += 1
    except FileUnreadable as error:
        found.reasons[error.reason] += 1
        if given.reasons and error.reason not in given.reasons:
            found.wrong[f"{given.what}: {error.reason}"] += 1
        said = explain(error)
        if not (said.what.startswith("*") and said.todo and "_" not in said.what):
            found.wrong[f"{given.what}: no clear message"] += 1
    except Exception as error:  # counted, not hidden: nothing but a refusal may come of a file
        found.wrong[f"{given.what}: {type(error).__name__}"] += 1


async def read(path: Path, file: FileRef) -> None:
    reader = LimitedMediaReader()
    probe = await reader.probe(path, file.name, file.mimetype)
    await reader.pages(path, probe)


def chosen(given: list[Given]) -> list[Given]:
    """The first of each kind; what is broken at random may be read all the same."""
    kinds = {each.what: each for each in reversed(given) if each.reasons}
    return [each for each in given if kinds.get(each.what) is each]


async def shared(ground: Ground, given: list[Given], work: Path, huge: int, found: Found) -> int:
    """How many; each in a channel of its own, of a program in this process."""
    work.mkdir()
    beside = replace(ground, apart=False)
    variables = {"SHOWRUNNER_DATA_DIR": str(work.parent / "data"), "SHOWRUNNER_LIBRARY_FILE_MB": "8"}
    count = 0
    with temporary_files_in(work):
        async with beside.world(**variables) as stage:
            with watched() as peaks:
                for each in given:
                    if each.what not in NOT_SHARED:
                        await shown(stage, each, huge, found)
                        count += 1
            rows = await stage.rows("SELECT count(*) AS kept FROM contents WHERE object_key IS NOT NULL")
            found.wrong["stored"] += rows[0]["kept"]
            found.wrong["temporary files left"] += sum("showrunner" in path.name for path in work.iterdir())
    found.parent, found.child = max(found.parent, peaks.parent), max(found.child, peaks.child)
    return count


async def shown(stage: ChaosStage, given: Given, huge: int, found: Found) -> None:
    channel = stage.channel()
    file = await stage.people.upload("ana", given.name, sent_bytes(given), given.declared or None)
    if given.length is not None and file.path is not None:
        os.truncate(file.path, huge)  # of holes: it takes no room on the disk
        file.size = huge if given.size == huge else 1_000
    if given.what == "sign-in page":
        stage.sandbox.files.readable = lambda *_: False  # type: ignore[method-assign]
    message = await stage.people.post("ana", channel, "", files=[file])

    def told() -> str | None:
        ours = (everything(each) for each in stage.ours_in(channel, message.ts))
        return next((text for text in ours if "Not added" in text), None)

    try:
        text = await stage.sandbox.wait_for(told, PATIENCE)
        if not any(refusal(reason)[0] in text for reason in given.reasons):
            found.wrong[f"{given.what}: the channel is told something else: {text[:200]}"] += 1
    except TimeoutError:
        found.wrong[f"{given.what}: the channel is told nothing"] += 1
    finally:
        vars(stage.sandbox.files).pop("readable", None)


def sent_bytes(given: Given) -> bytes:
    return given.path.read_bytes() if given.path is not None else given.body or b"nothing"


def line(found: Found, count: int, told_in: int) -> Line:
    growth = max(0, found.child - found.usual)
    small = found.parent < MOST and growth < MOST
    wrong = {name: number for name, number in found.wrong.items() if number}
    told = ", ".join(f"{name} {number}" for name, number in sorted(found.reasons.items()))
    faults = ", ".join(f"{name} {number}" for name, number in wrong.items()) or "no temporary file left"
    child, usual = found.child / made.MIB, found.usual / made.MIB
    figure = (
        f"{count} files, {told_in} of them shared in a channel, too: {told}; {faults}\n"
        f"memory: this process {found.parent / made.MIB:+.0f} MiB, the largest child {growth / made.MIB:+.0f} MiB "
        f"({child:.0f} MiB, against {usual:.0f} MiB for a small file in order)"
    )
    return Line("R14", BAR, figure, small and not wrong)


# ---- the files -------------------------------------------------------------------------------


def bad_files(folder: Path, scale: float, limit: int, huge: int) -> Iterator[Given]:
    yield Given("10 GB and says so", "a.mp4", VIDEO, ("too_large",), size=huge, length=huge)
    yield Given("10 GB and says 1 MB", "a.mp4", VIDEO, ("too_large",), size=10**6, length=huge)
    yield Given(
        "10 GB and says nothing", "a.mp4", VIDEO, ("too_large",), size=10**6, length=huge, told_length=False
    )
    yield Given("sign-in page", "a.mp4", VIDEO, ("no_access",), body=SIGN_IN, size=10**6, content_type=HTML)
    yield Given(
        "sign-in page sent as a video", "a.mp4", VIDEO, ("no_access",), body=SIGN_IN, content_type=VIDEO
    )
    yield Given("a program", "setup.exe", "application/x-dosexec", ("type",), body=b"MZ" + bytes(500))
    program = b"MZ\x90\x00" + bytes(60) + b"PE\0\0" + bytes(5_000)
    yield Given("a program named as a video", "a.mp4", VIDEO, ("mismatch",), body=program)
    pdf = made.write_pdf(folder / "real.pdf", "Hi")
    yield Given("a PDF named as a picture", "a.png", "image/png", ("mismatch",), path=pdf)
    yield Given("a PDF declared as a video", "a.pdf", VIDEO, ("mismatch",), path=pdf)
    yield from bombs(folder)
    yield from broken_videos(folder, max(3, round(BROKEN_VIDEOS * scale)))


def bombs(folder: Path) -> Iterator[Given]:
    for name, declared in (("bomb.docx", made.DOCX), ("bomb2.docx", "")):
        yield Given("zip bomb", name, declared, ("unpacked",), path=made.write_zip_bomb(folder / name))
    lying = made.write_lying_zip_bomb(folder / "lying.docx")
    yield Given("zip bomb that lies", "a.docx", made.DOCX, ("damaged", "unpacked"), path=lying)
    many = made.write_many_entries(folder / "many.docx")
    yield Given("zip of very many entries", "a.docx", made.DOCX, ("unpacked",), path=many)
    pixels = made.write_pixel_bomb(folder / "bomb.png")
    yield Given("pixel bomb", "a.png", "image/png", ("pixels",), path=pixels)
    frames = made.write_gif_header(folder / "bomb.gif")
    yield Given("pixel bomb", "a.gif", "image/gif", ("pixels", "damaged"), path=frames)
    yield Given("PDF bomb", "a.pdf", made.PDF, ("unpacked",), path=made.write_pdf_bomb(folder / "bomb.pdf"))


def broken_videos(folder: Path, count: int) -> Iterator[Given]:
    """Cut off, and with bytes changed: the latter may still be read, but nothing else may come of them."""
    forms = {
        "mp4": write_media(folder / "whole.mp4", seconds=3, subtitles=[(0, 1, "Hi")]),
        "mkv": write_media(folder / "whole.mkv", seconds=3),
        "webm": write_media(folder / "whole.webm", seconds=3, pictures="libvpx", sound="libopus"),
    }
    chance = random.Random(14)
    for number in range(count):
        form, path = chance.choice(list(forms.items()))
        whole = path.read_bytes()
        if number % 3 == 0:
            cut = whole[: int(len(whole) * chance.uniform(0.02, 0.7))]
            yield Given(f"{form} cut off", f"a.{form}", "", ("damaged",), body=cut)
        else:
            yield Given(f"{form} with changed bytes", f"a.{form}", "", (), body=changed(whole, chance))


def changed(whole: bytes, chance: random.Random) -> bytes:
    data = bytearray(whole)
    for _ in range(chance.choice((1, 4, 32, 400))):
        data[chance.randrange(12, len(data))] = chance.randrange(256)
    return bytes(data)


async def in_order(folder: Path) -> None:
    path = await asyncio.to_thread(
        lambda: write_media(folder / "small.mp3", pictures=None, sound="libmp3lame")
    )
    await LimitedMediaReader().probe(path, "small.mp3", "audio/mpeg")


# ---- the file host ---------------------------------------------------------------------------


@asynccontextmanager
async def host(given: dict[str, Given]) -> AsyncIterator[tuple[SlackFiles, str]]:
    async def send(request: web.Request) -> web.StreamResponse:
        return await sent(request, given[request.match_info["number"]])

    app = web.Application()
    app.router.add_get("/files/{number}", send)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        url = str(server.make_url("")).rstrip("/")
        yield SlackFiles(session, "xoxb-r14", f"{url}/api/", cast("SlackCalls", None)), url


async def sent(request: web.Request, given: Given) -> web.StreamResponse:
    if given.path is not None:
        return web.FileResponse(given.path, headers={"Content-Type": given.content_type})
    if given.length is None:
        return web.Response(body=given.body, headers={"Content-Type": given.content_type})
    response = web.StreamResponse(headers={"Content-Type": given.content_type})
    if given.told_length:
        response.content_length = given.length
    await response.prepare(request)
    nothing = bytes(CHUNK)
    for _ in range(given.length // CHUNK):
        await response.write(nothing)
    return response


# ---- what is watched -------------------------------------------------------------------------


@contextmanager
def temporary_files_in(folder: Path) -> Iterator[None]:
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


@dataclass(slots=True)
class Peaks:
    """Bytes: how far this process grew, and the most that one child had."""

    parent: int = 0
    child: int = 0


@contextmanager
def watched() -> Iterator[Peaks]:
    """Looks at the kernel's marks every few milliseconds, from a thread of its own."""
    peaks, us, done = Peaks(), psutil.Process(), threading.Event()
    trim()
    before = us.memory_info().rss

    def look() -> None:
        while not done.wait(0.004):
            peaks.parent = max(peaks.parent, us.memory_info().rss - before)
            peaks.child = max([peaks.child, *map(high_water, children_of(os.getpid()))])

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peaks
    finally:
        done.set()
        thread.join()


def trim() -> None:
    """What making the files left unused goes back, lest growth hides in it."""
    gc.collect()
    with suppress(AttributeError):  # not every C library has it
        ctypes.CDLL(None).malloc_trim(0)


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    try:
        return [int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()]
    except OSError:
        return []


def high_water(pid: int) -> int:
    """Of a child that is one already: between fork and exec its memory is ours."""
    try:
        told = Path(f"/proc/{pid}/status").read_text()
        if b"services.media.child" not in Path(f"/proc/{pid}/cmdline").read_bytes():
            return 0
    except OSError:
        return 0
    return next((int(row.split()[1]) * 1024 for row in told.splitlines() if row.startswith("VmHWM")), 0)
