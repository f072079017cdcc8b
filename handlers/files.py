"""Private files of the workspace, fetched with the bot token and from nowhere else."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import IO

import aiohttp

from handlers.directory import WITHOUT_BYTES, to_file
from handlers.sender.gate import SlackCalls, SlackRefused
from handlers.sender.origins import FILES_ORIGIN, origin
from services.entities.conversations import FileRef
from services.errors import FileUnreadable, SlackUnavailable

CHUNK = 1 << 20
NAMELESS = "file"
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=60)
_REASONS = {401: "no_access", 403: "no_access", 404: "gone", 410: "gone"}


class SlackFiles:
    """Sends the token only to Slack's file host, or the configured Slack's own, and follows no redirect."""

    def __init__(self, session: aiohttp.ClientSession, token: str, api_url: str, calls: SlackCalls) -> None:
        self._session = session
        self._token = token
        self._origins = frozenset({FILES_ORIGIN, origin(api_url)})
        self._calls = calls

    async def fetch(self, file: FileRef, target: Path, *, limit: int) -> int:
        """Stream a file's bytes to `target`; its size in bytes. Nothing is left behind on failure."""
        size, _ = await self.fetch_hashed(file, target, limit=limit)
        return size

    async def fetch_hashed(self, file: FileRef, target: Path, *, limit: int) -> tuple[int, str]:
        """The same, with the SHA-256 of the bytes in hex, computed on their way."""
        if file.size > limit:
            raise FileUnreadable(file.name, "too_large")
        if origin(file.url) not in self._origins:
            raise FileUnreadable(file.name, "no_access")
        try:
            return await self._download(file, target, limit)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            await asyncio.to_thread(target.unlink, missing_ok=True)
            raise SlackUnavailable("files", type(error).__name__) from error
        except (FileUnreadable, SlackUnavailable):
            await asyncio.to_thread(target.unlink, missing_ok=True)
            raise

    async def known(self, team: str, file_id: str) -> FileRef:
        """What Slack says about a file that came with its id alone. Raises FileUnreadable."""
        try:
            answer = await self._calls.read(team, "files.info", {"file": file_id})
        except SlackRefused as error:
            raise FileUnreadable(NAMELESS, "gone" if error.code == "file_deleted" else "no_access") from error
        file = to_file(answer["file"])
        if not file.url:
            raise FileUnreadable(file.name, WITHOUT_BYTES.get(str(answer["file"].get("mode")), "no_access"))
        return file

    async def _download(self, file: FileRef, target: Path, limit: int) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {self._token}"}
        async with self._session.get(
            file.url, headers=headers, timeout=_TIMEOUT, allow_redirects=False, read_bufsize=CHUNK
        ) as response:
            _check(response, file, limit)
            with target.open("wb") as sink:
                return await _copy(response.content, sink, file.name, limit)


async def _copy(content: aiohttp.StreamReader, sink: IO[bytes], name: str, limit: int) -> tuple[int, str]:
    """(bytes, their SHA-256): one piece is hashed and written in a thread while the next one comes in."""
    size, digest = 0, hashlib.sha256()
    keeping: asyncio.Future[None] | None = None

    def keep(piece: bytes) -> None:
        sink.write(piece)
        digest.update(piece)

    try:
        async for piece in content.iter_chunked(CHUNK):
            size += len(piece)
            if size > limit:
                raise FileUnreadable(name, "too_large")
            if keeping is not None:
                await keeping
            keeping = asyncio.ensure_future(asyncio.to_thread(keep, piece))
        if keeping is not None:
            await keeping
    finally:
        if keeping is not None:  # nothing is written once the file is closed
            await asyncio.wait({keeping})
    return size, digest.hexdigest()


def _check(response: aiohttp.ClientResponse, file: FileRef, limit: int) -> None:
    if response.status >= 500 or response.status == 429:
        raise SlackUnavailable("files", str(response.status))
    if response.status != 200 or _is_sign_in_page(response, file):
        raise FileUnreadable(file.name, _REASONS.get(response.status, "no_access"))
    if response.content_length is not None and response.content_length > limit:
        raise FileUnreadable(file.name, "too_large")


def _is_sign_in_page(response: aiohttp.ClientResponse, file: FileRef) -> bool:
    """Slack answers a token it does not accept with its sign-in page and status 200."""
    if response.content_type != "text/html":
        return False
    is_page = "html" in file.mimetype or file.name.lower().endswith((".html", ".htm"))
    return not is_page or (file.size > 0 and response.content_length not in (None, file.size))
