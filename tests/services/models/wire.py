"""A provider on a real socket that says what it is told to, and then cuts, hangs or ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum, auto

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


class Then(Enum):
    END = auto()
    CUT = auto()  # the connection drops in the middle of the body
    HANG = auto()  # nothing more comes


class Server:
    def __init__(self, chunks: tuple[bytes, ...], then: Then) -> None:
        self._chunks, self._then = chunks, then
        self.connections = 0
        self.requests = 0
        self.left = asyncio.Event()  # the client has closed a connection

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._read_request(reader):
                await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.left.set()
        finally:
            writer.close()

    async def _read_request(self, reader: asyncio.StreamReader) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next(int(line[15:]) for line in head.splitlines() if line.startswith("content-length:"))
        await reader.readexactly(length)
        self.requests += 1
        return True

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        for chunk in self._chunks:
            writer.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            await writer.drain()
        if self._then is Then.CUT:
            raise ConnectionAbortedError
        if self._then is Then.HANG:
            await reader.readexactly(1)
        writer.write(b"0\r\n\r\n")


@asynccontextmanager
async def serving(*chunks: bytes, then: Then = Then.END) -> AsyncIterator[tuple[Server, str]]:
    """The server and its address."""
    server = Server(chunks, then)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    host, port = listening.sockets[0].getsockname()[:2]
    try:
        yield server, f"http://{host}:{port}"
    finally:
        listening.close()
        await listening.wait_closed()
