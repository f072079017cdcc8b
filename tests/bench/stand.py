"""What the benches stand on: the sandbox, a PostgreSQL, and programs that talk to both, each in its process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import uuid4

import asyncpg
import psutil

from jobs.queue import install
from storage.engine import make_engine
from storage.migrate import migrate
from tests.bench import load, remote
from tests.bench.load import Slack
from tests.bench.processes import Bot, cpu_of, free_port, running
from tests.bench.remote import Question, Shown, Workspace
from tests.databases import Database

PLENTY = "1000000000"
OPEN_GATES = {"SHOWRUNNER_RATE_GATES": "false"}
"""Slack's own tiers allow 20 streams a minute: no throughput can be measured behind them."""


@dataclass(frozen=True, slots=True)
class Stand:
    """`server` is a maintenance database; `folder` takes the logs of the programs."""

    workspace: Workspace
    slack: Slack
    server: Database
    folder: Path

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """One of its own, migrated."""
        name = f"bench_{uuid4().hex}"
        await self.server.run(f"CREATE DATABASE {name}")
        made = self.server.beside(name)
        try:
            engine = make_engine(made.url)
            await migrate(engine, [install])
            await engine.dispose()
            yield made
        finally:
            await self.server.drop(name)

    def floor(self, name: str, **more: str) -> AbstractAsyncContextManager[Bot]:
        port = free_port()
        variables = {**self.workspace.environment, "PORT": str(port), **more}
        return running(f"tests.bench.floors.{name}", port, variables, self.folder / f"{name}.log")

    def product(self, database: Database, **more: str) -> AbstractAsyncContextManager[Bot]:
        """`showrunner serve`, as an operator runs it, but with nearly endless budgets, and questions by the thousand."""
        port = free_port()
        variables = {
            **self.workspace.environment,
            "DATABASE_URL": database.dsn,
            "SHOWRUNNER_MODE": "http",
            "SHOWRUNNER_DATA_DIR": str(self.folder / f"data-{database.name}"),
            "SHOWRUNNER_PORT": str(port),
            "SHOWRUNNER_DAILY_TOKENS": PLENTY,
            "SHOWRUNNER_REQUESTS_PER_MINUTE": "0",
            **more,
        }
        return running("bot", port, variables, self.folder / "serve.log", ["serve"])

    async def turn(self, bot: Bot, question: Question, due: float | None = None) -> tuple[float, Shown]:
        """When the mention was due, and its whole answer. The twin follows the mention, as from Slack."""
        for event in question.events:
            sent = await self.slack.send(bot.events_url, event, due)
            if sent.status != 200:
                raise RuntimeError(f"an event was answered with {sent.status}")
            due = sent.due
        return sent.due, await self.workspace.answer(question)

    async def turns(self, bot: Bot, count: int, tokens: int, at_once: int) -> list[tuple[float, Shown]]:
        questions = await self.workspace.ask(count, tokens)
        return await load.at_once(at_once, (partial(self.turn, bot, question) for question in questions))

    async def postgres(self) -> psutil.Process:
        """The server's first process."""
        connection = await asyncpg.connect(self.server.dsn)
        try:
            backend: int = await connection.fetchval("SELECT pg_backend_pid()")
            found = psutil.Process(backend).parent()
        finally:
            await connection.close()
        if found is None:
            raise RuntimeError("PostgreSQL does not run on this machine")
        return found

    async def postgres_cpu(self) -> float:
        return cpu_of(await self.postgres())


@asynccontextmanager
async def standing(server: Database, folder: Path) -> AsyncIterator[Stand]:
    async with remote.opened() as workspace, load.slack(workspace.secret) as slack:
        yield Stand(workspace, slack, server, folder)
