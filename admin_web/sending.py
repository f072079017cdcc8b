"""A stored file on its way to a browser: as a whole or a part, piece by piece, as fast as it is taken."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote

import structlog
from aiohttp import web

from admin_web.ranges import Unsatisfiable, asked_range
from services.errors import ObjectMissing, ShowrunnerError
from services.ports.clock import Clock
from services.ports.objects import ObjectStore, StoredObject

log = structlog.get_logger()

ASK_AGAIN = 10.0  # seconds of sending after which it is asked whether the reader may still have it

SHOWN = frozenset(
    {
        *("video/mp4", "video/webm", "video/quicktime", "video/x-matroska"),
        *("audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/wav", "audio/x-wav", "audio/flac", "audio/x-flac", "audio/ogg"),
        *("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"),
    }
)  # fmt: skip
"""What a browser shows and never runs; everything else is saved, as bytes of no kind."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What is sent under which name; `may` is asked again while it is on its way, `renew` may add a cookie."""

    stored: StoredObject
    mimetype: str
    name: str
    may: Callable[[], Awaitable[bool]]
    renew: Callable[[web.StreamResponse], None]


class Sender:
    def __init__(self, store: ObjectStore, clock: Clock, headers: Mapping[str, str]) -> None:
        self._store = store
        self._clock = clock
        self._headers = headers

    async def stored(self, key: str) -> StoredObject:
        """Raises ObjectMissing."""
        found = await self._store.head(key)
        if found is None:
            raise ObjectMissing(key)
        return found

    async def send(self, request: web.Request, what: Sent) -> web.StreamResponse:
        size, tag = what.stored.size, etag(what.stored)
        try:
            span = asked_range(wanted_range(request, tag), size)
        except Unsatisfiable:
            return web.Response(status=416, headers={"Content-Range": f"bytes */{size}"})
        start, end = span or (0, size)
        response = web.StreamResponse(
            status=206 if span else 200, headers={**self._headers, **file_headers(what, tag)}
        )
        if span:
            response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        response.content_length = end - start
        what.renew(response)
        if request.method == "HEAD":
            await response.prepare(request)
            return response
        return await self._stream(request, response, what, start, end)

    async def _stream(
        self, request: web.Request, response: web.StreamResponse, what: Sent, start: int, end: int
    ) -> web.StreamResponse:
        """The first piece is had before anything is said; what breaks after that ends the connection."""
        pieces = cast("AsyncGenerator[bytes, None]", self._store.read(what.stored.key, start=start, end=end))
        async with aclosing(pieces):
            first = await anext(pieces, b"")
            await response.prepare(request)
            await response.write(first)
            try:
                if not await self._rest(response, pieces, what):
                    cut(request)
            except ShowrunnerError as error:
                log.warning("page.file_broke_off", error=type(error).__name__)
                cut(request)
            except ConnectionError:  # the reader left, or seeks: nobody to tell
                cut(request)
        return response

    async def _rest(
        self, response: web.StreamResponse, pieces: AsyncGenerator[bytes, None], what: Sent
    ) -> bool:
        """False where the reader may have no more of it."""
        asked = self._clock.monotonic()
        async for data in pieces:
            if self._clock.monotonic() - asked > ASK_AGAIN:
                if not await what.may():
                    return False
                asked = self._clock.monotonic()
            await response.write(data)
        return True


def wanted_range(request: web.Request, tag: str) -> str | None:
    """None also where the reader has the beginning of another version."""
    condition = request.headers.get("If-Range")
    return request.headers.get("Range") if condition is None or condition.strip() == tag else None


def etag(stored: StoredObject) -> str:
    return f'"{stored.sha256 or f"{stored.size}-{int(stored.at.timestamp())}"}"'


def file_headers(what: Sent, tag: str) -> dict[str, str]:
    shown = what.mimetype in SHOWN
    return {
        "Content-Type": what.mimetype if shown else "application/octet-stream",
        "Content-Disposition": disposition(what.name, inline=shown),
        "Accept-Ranges": "bytes",
        "ETag": tag,
    }


def disposition(name: str, *, inline: bool) -> str:
    """RFC 6266: an ASCII name for old readers, and the whole one; nothing of it ends the header or a path."""
    safe = "".join(letter if letter.isprintable() and letter not in '\\/"' else "_" for letter in name)[:150]
    plain = "".join(letter if letter.isascii() else "_" for letter in safe).replace("%", "_") or "file"
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(safe or 'file', safe='')}"


def cut(request: web.Request) -> None:
    """A connection that ends too early tells the browser that something is missing."""
    if request.transport is not None:
        request.transport.abort()
