"""One file on its way, in a process of its own: `floor` downloads it to disk with plain aiohttp, `ours` fetches
it as the product does and stores it in the folder store. What is asked comes as JSON, what was found goes out so.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path
from typing import Any, cast

import aiohttp
import orjson
import psutil
import uvloop

from bot.clock import SystemClock
from bot.slack import client_session
from handlers.files import SlackFiles
from handlers.sender.gate import SlackCalls
from services.entities.conversations import FileRef
from services.objects import object_key
from storage.objects import FolderStore

Json = dict[str, Any]

PIECE = 1 << 18
TIMEOUT = aiohttp.ClientTimeout(total=600)


async def floor(given: Json, folder: Path) -> None:
    """On the disk itself when it is done, as what is stored is."""
    headers = {"Authorization": f"Bearer {given['token']}"}
    async with (
        aiohttp.ClientSession(timeout=TIMEOUT) as session,
        session.get(given["url"], headers=headers) as response,
    ):
        with (folder / "download").open("wb") as file:
            async for piece in response.content.iter_chunked(PIECE):
                file.write(piece)
            given["written"] = time.monotonic()
            file.flush()
            os.fsync(file.fileno())


async def ours(given: Json, folder: Path) -> None:
    store, clock, path = FolderStore(folder / "objects"), SystemClock(), folder / "file"
    file = FileRef(given["id"], "film.mp4", "video/mp4", given["size"], given["url"])
    async with client_session() as session:
        nobody = cast("SlackCalls", None)  # bytes are no call of the Web API
        files = SlackFiles(session, given["token"], given["api"], nobody)
        size, sha256 = await files.fetch_hashed(file, path, limit=given["size"])
        given["written"] = time.monotonic()
        key = object_key("media", clock.now())
        stored = await store.put(key, path, sha256=sha256, content_type="video/mp4")
    path.unlink()
    if (stored.size, stored.sha256) != (given["size"], sha256) or size != given["size"]:
        raise ValueError("another file than the one that was sent")


async def measured(given: Json) -> Json:
    """Seconds, and the most memory above what there was before the first byte."""
    work = {"floor": floor, "ours": ours}[given["what"]]
    before, began = psutil.Process().memory_info().rss, time.monotonic()
    await work(given, Path(given["folder"]))
    took = time.monotonic() - began
    return {"seconds": took, "fetched": given["written"] - began, "growth": max(0, most_memory() - before)}


def most_memory() -> int:
    """Resident bytes at the most since this program began; `ru_maxrss` would count who started it as well."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(uvloop.run(measured(orjson.loads(sys.argv[1])))))
