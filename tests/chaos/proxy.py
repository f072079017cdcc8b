"""A TCP proxy that misbehaves on demand: slow, cut after so many bytes, reset, silent, closed, deaf."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit

Trouble = Literal["none", "reset", "black_hole", "refused", "deaf"]
AT_ONCE = 65_536
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
FILLERS = 4


@dataclass
class Weather:
    """What happens to connections and bytes from now on.

    reset       a new connection is taken and reset at once
    black_hole  a new connection is taken, what is sent goes nowhere, nothing comes back
    refused     nobody listens
    deaf        the port listens, but a connection is never completed: connecting times out
    `cut_after`: bytes from the server after which a connection is reset; `cut_sent`: bytes to it.
    `latency`: seconds before each piece.
    """

    trouble: Trouble = "none"
    latency: float = 0.0
    cut_after: int | None = None
    cut_sent: int | None = None


class Proxy:
    """One port in front of one server: an address, or the path of a socket."""

    def __init__(self, target: tuple[str, int] | Path) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self._deaf: list[socket.socket] = []
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.weather = Weather()
        self.port = 0
        self.taken = 0

    @classmethod
    @asynccontextmanager
    async def before(cls, url: str) -> AsyncIterator[Proxy]:
        """`url` may also be libpq's, with the folder of the socket as its host."""
        proxy = cls(target_of(url))
        await proxy._listen()
        try:
            yield proxy
        finally:
            await proxy._close()

    def instead_of(self, url: str) -> str:
        """The same address, by way of this proxy."""
        parts = urlsplit(url)
        user = f"{parts.username}@" if parts.username else ""
        query = "" if "host" in parse_qs(parts.query) else parts.query
        return parts._replace(netloc=f"{user}127.0.0.1:{self.port}", query=query).geturl()

    async def turn(
        self,
        trouble: Trouble = "none",
        *,
        latency: float = 0.0,
        cut_after: int | None = None,
        cut_sent: int | None = None,
    ) -> None:
        """Change the weather; connections that are open now are cut, so that all meet the new one."""
        self.weather = Weather(trouble, latency, cut_after, cut_sent)
        self.cut_all()
        if trouble in {"refused", "deaf"}:
            await self._fall_silent(deaf=trouble == "deaf")
        elif self._server is None:
            await self._listen()

    def cut_all(self) -> None:
        for writer in list(self._open):
            _reset(writer)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, Path):
            return await asyncio.open_unix_connection(self._target)
        return await asyncio.open_connection(*self._target)

    async def _listen(self) -> None:
        for holder in self._deaf:
            holder.close()
        self._deaf.clear()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _fall_silent(self, *, deaf: bool) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        if deaf and not self._deaf:
            self._deaf = full_backlog(self.port)

    async def _close(self) -> None:
        await self._fall_silent(deaf=False)
        self.cut_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for holder in self._deaf:
            holder.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self.taken += 1
        self._open.add(writer)
        try:
            await self._carry(reader, writer, self.weather)
        finally:
            self._open.discard(writer)
            writer.close()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, weather: Weather
    ) -> None:
        if weather.trouble == "reset":
            _reset(writer)
            return
        if weather.trouble == "black_hole":
            with suppress(OSError):
                while await reader.read(AT_ONCE):
                    pass
            return
        try:
            back, forth = await self._connect()
        except OSError:
            _reset(writer)
            return
        self._open.add(forth)
        try:
            up = asyncio.create_task(_pump(reader, forth, weather.latency, weather.cut_sent, writer))
            await _pump(back, writer, weather.latency, weather.cut_after)
            up.cancel()
            await asyncio.wait({up})
        finally:
            self._open.discard(forth)
            forth.close()


def target_of(url: str) -> tuple[str, int] | Path:
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    if "host" in query:
        return Path(query["host"][0]) / f".s.PGSQL.{query['port'][0]}"
    return parts.hostname or "127.0.0.1", parts.port or {"https": 443, "postgresql": 5432}.get(
        parts.scheme, 80
    )


async def _pump(
    source: asyncio.StreamReader,
    target: asyncio.StreamWriter,
    latency: float,
    cut_after: int | None,
    other: asyncio.StreamWriter | None = None,
) -> None:
    """`other`: what is reset as well where this way is cut: who sent learns of it at once."""
    left = cut_after
    with suppress(OSError, RuntimeError):  # uvloop's word for a closed one
        while data := await source.read(AT_ONCE):
            if latency:
                await asyncio.sleep(latency)
            if left is not None and len(data) >= left:
                target.write(data[:left])
                await target.drain()
                _reset(target)
                if other is not None:
                    _reset(other)
                return
            left = None if left is None else left - len(data)
            target.write(data)
            await target.drain()
        if target.can_write_eof() and not target.is_closing():
            target.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection as a crashed peer does: RST instead of FIN."""
    taken = writer.get_extra_info("socket")
    if taken is not None:
        with suppress(OSError):
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    writer.transport.abort()


def full_backlog(port: int) -> list[socket.socket]:
    """Sockets that keep a listening port from completing any connection while they are held."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen(0)
    held = [listening]
    for _ in range(FILLERS):
        filler = socket.socket()
        filler.setblocking(False)
        with suppress(BlockingIOError):
            filler.connect(("127.0.0.1", port))
        held.append(filler)
    return held
