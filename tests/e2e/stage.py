"""The program and the sandbox, talking over the wire, and what tests ask of them."""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import asyncpg

from bot import config
from bot.lifecycle import started
from sandbox.server import Sandbox, SandboxSettings
from sandbox.state import Channel, Message
from tests.databases import Database

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = itertools.count(1)
QUICK = {
    "SHOWRUNNER_HEARTBEAT_SECONDS": "1",
    "SHOWRUNNER_DRAIN_SECONDS": "5",
    "SHOWRUNNER_PORT": "0",
    "SHOWRUNNER_RATE_GATES": "false",
    "SHOWRUNNER_REQUESTS_PER_MINUTE": "0",
    "SHOWRUNNER_WORKERS": "6",
    "SHOWRUNNER_LOG_FORMAT": "json",
    "SHOWRUNNER_ANSWER_CACHE_HOURS": "0",
}


@dataclass
class Stage:
    """A running sandbox with the program at work in it."""

    sandbox: Sandbox
    database: Database
    mode: str = "socket"

    @property
    def people(self) -> Any:
        return self.sandbox.people

    @property
    def workspace(self) -> Any:
        return self.sandbox.workspace

    @property
    def paid(self) -> Any:
        return self.sandbox.providers.ledger

    def channel(self, *names: str, kind: str = "public", bot: bool = True) -> Channel:
        """A channel of its own for a test, with Ana and Ben in it unless others are named."""
        people = [self.workspace.user(name) for name in names or ("ana", "ben")]
        ours = [self.workspace.bot] if bot else []
        name = f"test-{os.getpid()}-{next(NUMBERS)}"
        return self.workspace.add_channel(name, kind, (*people, self.workspace.other_bot, *ours))

    async def mention(self, who: str, channel: Channel, text: str, **options: Any) -> Message:
        return await self.people.mention(who, channel, text, **options)

    async def acknowledged(self, message: Message) -> None:
        """Wait until the program has taken a message in."""

        def taken() -> bool:
            return any(
                event.ack is not None and event.payload.get("event", {}).get("ts") == message.ts
                for event in self.sandbox.deliveries("message")
            )

        await self.sandbox.wait_for(taken)

    def ours_in(self, channel: Channel, thread_ts: str) -> list[Message]:
        """Our messages of a thread, oldest first."""
        bot = self.workspace.bot
        return [message for message in self.workspace.thread(channel, thread_ts) if message.sender is bot]

    async def answers(
        self, channel: Channel, thread_ts: str, count: int = 1, timeout: float = 15
    ) -> list[Message]:
        """Our answers there, once `count` are whole: nothing streams, and the buttons are below each."""

        def whole() -> list[Message] | None:
            answers = [message for message in self.ours_in(channel, thread_ts) if is_whole(message)]
            return answers if len(answers) >= count else None

        return await self.sandbox.wait_for(whole, timeout)

    async def answer(self, channel: Channel, thread_ts: str, timeout: float = 15) -> Message:
        return (await self.answers(channel, thread_ts, timeout=timeout))[-1]

    async def private(self, who: str, containing: str, timeout: float = 10) -> Message:
        """A message only this person sees, or one in their direct messages with us, containing a text."""
        user = self.workspace.user(who)

        def found() -> Message | None:
            direct = [
                m for m in self.workspace.app_dm(user).messages.values() if m.sender is self.workspace.bot
            ]
            shown = [*self.workspace.ephemerals(who), *direct]
            return next((m for m in reversed(shown) if containing in everything(m)), None)

        return await self.sandbox.wait_for(found, timeout)

    async def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        connection = await asyncpg.connect(self.database.dsn)
        try:
            return [dict(row) for row in await connection.fetch(query, *values)]
        finally:
            await connection.close()

    async def settled(self, channel: Channel, timeout: float = 15) -> list[dict[str, Any]]:
        """The channel's turns, once none of them waits or runs."""
        query = "SELECT * FROM turns WHERE channel = $1 ORDER BY created_at"
        async with asyncio.timeout(timeout):
            while True:
                turns = await self.rows(query, channel.id)
                if turns and not {turn["state"] for turn in turns} & {"waiting", "running", "delivering"}:
                    return turns
                await asyncio.sleep(0.05)

    def calm(self) -> None:
        """Take back everything that a test broke."""
        self.sandbox.faults.clear()
        self.sandbox.providers.faults.clear()
        self.sandbox.providers.speed = 0


def is_whole(message: Message) -> bool:
    return message.streaming_state != "in_progress" and "chat.feedback" in str(message.blocks)


def everything(message: Message) -> str:
    """All the text of a message, wherever it stands."""
    return f"{message.markdown or ''} {message.text} {message.blocks or ''}"


def said(message: Message) -> str:
    """What the model said in a message: streamed, or posted as a markdown block."""
    blocks = [block["text"] for block in message.blocks or () if block["type"] == "markdown"]
    return message.markdown or "".join(blocks) or message.text


def environment(sandbox: Sandbox, database: Database, mode: str = "socket", **more: str) -> dict[str, str]:
    """What the program keeps in files goes with the sandbox."""
    return {
        **sandbox.environment(mode),
        "SHOWRUNNER_DATA_DIR": str(sandbox.files.folder / f"data-{database.name}"),
        "SHOWRUNNER_MODE": mode,
        "DATABASE_URL": database.dsn,
        **QUICK,
        **more,
    }


@asynccontextmanager
async def staged(
    database: Database, mode: str = "socket", sandbox_settings: SandboxSettings | None = None, **more: str
) -> AsyncIterator[Stage]:
    """The program in this process. `more` are environment variables of the program."""
    async with Sandbox.running(sandbox_settings or SandboxSettings()) as sandbox:
        sandbox.providers.speed = 0
        settings = config.load(environment(sandbox, database, mode, **more))
        async with started(settings) as program:
            if mode == "http":
                sandbox.deliver_over_http(f"http://127.0.0.1:{program.port}/slack/events")
            yield Stage(sandbox, database, mode)


@asynccontextmanager
async def staged_processes(database: Database, count: int = 2, mode: str = "socket") -> AsyncIterator[Stage]:
    """Several processes of the program on one database, as an operator would run them."""
    async with Sandbox.running() as sandbox, AsyncExitStack() as stack:
        sandbox.providers.speed = 0
        ports = [free_port() for _ in range(count)]
        for port in ports:
            variables = environment(sandbox, database, mode, SHOWRUNNER_PORT=str(port))
            await stack.enter_async_context(serving(variables, port))
        if mode == "http":
            sandbox.deliver_over_http(*(f"http://127.0.0.1:{port}/slack/events" for port in ports))
        yield Stage(sandbox, database, mode)


class Process(Protocol):
    returncode: int | None

    def poll(self) -> int | None: ...


@asynccontextmanager
async def serving(
    variables: dict[str, str], port: int, arguments: Sequence[str] = ("serve",)
) -> AsyncIterator[subprocess.Popen[bytes]]:
    """`showrunner serve` as its own process, ready; ended with SIGTERM."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    program = [sys.executable, "-m", "bot", *arguments]
    process = subprocess.Popen(program, cwd=ROOT, env={**kept, **variables}, stderr=subprocess.PIPE)
    drained = asyncio.create_task(asyncio.to_thread(process.stderr.read))
    try:
        await ready(port, process)
        yield process
    finally:
        process.terminate()
        try:
            await asyncio.to_thread(process.wait, 20)
        except subprocess.TimeoutExpired:
            process.kill()
        await drained
        process.stderr.close()


async def ready(port: int, process: Process | None = None, timeout: float = 300) -> None:
    async with asyncio.timeout(timeout), aiohttp.ClientSession() as session:
        while True:
            if process is not None and process.poll() is not None:
                raise RuntimeError(f"the program ended with {process.returncode}")
            try:
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
