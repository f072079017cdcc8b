"""A mail server that keeps what it is given; as broken as it is told to be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class FakeSmtp:
    """`answers`: what a command is answered with instead, by its first word. `cut`: hang up at that command."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    cut: str = ""
    silent: bool = False
    extensions: tuple[str, ...] = ()
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.silent:
            await reader.read()
            return
        writer.write(b"220 fake\r\n")
        while line := (await reader.readline()).decode().strip():
            word = line.split()[0].upper()
            self.said.append(line)
            if word == self.cut:
                return
            writer.write((self.answers.get(word) or self._answer(word, line)).encode() + b"\r\n")
            if word == "DATA" and word not in self.answers:
                raw = await reader.readuntil(b"\r\n.\r\n")
                self.mails.append(message_from_bytes(raw[:-5], policy=policy.default))  # type: ignore[arg-type]
                writer.write(b"250 kept\r\n")
            if word == "QUIT":
                return

    def _answer(self, word: str, line: str) -> str:
        match word:
            case "EHLO":
                return "\r\n".join([*(f"250-{name}" for name in self.extensions), "250 8BITMIME"])
            case "RCPT":
                self.recipients.append(line.partition("<")[2].partition(">")[0])
                return "250 ok"
            case "DATA":
                return "354 go on"
            case "AUTH":
                return "235 welcome"
            case "QUIT":
                return "221 bye"
            case _:
                return "250 ok"


@asynccontextmanager
async def mail_server(fake: FakeSmtp) -> AsyncIterator[FakeSmtp]:
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.port = server.sockets[0].getsockname()[1]
    async with server:
        yield fake
