"""The workspace process, from the side of the one who measures."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from tests.bench.processes import ROOT

Json = dict[str, Any]

LINE_LIMIT = 2**26
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Question:
    """A thread that has begun. `events`: the bodies that Slack would send of it, mention and twin."""

    thread: str
    events: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer that is whole in Slack; times in monotonic seconds, `provider` in seconds."""

    thread: str
    first: float
    done: float
    provider: float
    calls: dict[str, int]


class Workspace:
    def __init__(self, process: Process, opening: Json) -> None:
        self._process = process
        self._replies: asyncio.Queue[Any] = asyncio.Queue()
        self._waiting: dict[str, asyncio.Future[Shown]] = {}
        self.environment: dict[str, str] = opening["environment"]
        self.secret: str = opening["secret"]
        self.team: str = opening["team"]
        self.user: str = opening["user"]
        self.channel: str = opening["channel"]

    async def ask(self, count: int, tokens: int) -> list[Question]:
        asked = await self.order("ask", count=count, tokens=tokens)
        for each in asked:
            self._waiting[each["thread"]] = asyncio.get_running_loop().create_future()
        return [
            Question(each["thread"], tuple(orjson.dumps(event) for event in each["events"])) for each in asked
        ]

    async def answer(self, question: Question) -> Shown:
        """Raises TimeoutError."""
        return await asyncio.wait_for(self._waiting[question.thread], PATIENCE)

    async def answers(self, questions: Sequence[Question]) -> list[Shown]:
        return list(await asyncio.gather(*map(self.answer, questions)))

    async def order(self, do: str, **how: Any) -> Any:
        if self._process.stdin is None:
            raise RuntimeError("the workspace takes no orders")
        self._process.stdin.write(orjson.dumps({"do": do, **how}) + b"\n")
        return await asyncio.wait_for(self._replies.get(), PATIENCE)

    async def listen(self) -> None:
        while self._process.stdout and (line := await self._process.stdout.readline()):
            news = orjson.loads(line)
            if "reply" in news:
                self._replies.put_nowait(news["reply"])
            else:
                self._note(news)

    def _note(self, news: Json) -> None:
        waiting = self._waiting.get(news["answered"])
        if waiting is not None and not waiting.done():
            waiting.set_result(
                Shown(news["answered"], news["first"], news["done"], news["provider"], news["calls"])
            )


@asynccontextmanager
async def opened() -> AsyncIterator[Workspace]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bench.workspace",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LINE_LIMIT,
    )
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("no pipes")
    workspace = Workspace(process, orjson.loads(await process.stdout.readline()))
    listening = asyncio.create_task(workspace.listen())
    try:
        yield workspace
    finally:
        process.stdin.close()
        await asyncio.wait_for(process.wait(), PATIENCE)
        await listening
