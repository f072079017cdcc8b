"""What the lines stand on: a PostgreSQL, fresh databases, and the real program beside a sandbox."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from bot import config
from bot.lifecycle import Role, started
from sandbox.server import Sandbox
from sandbox.settings import SandboxSettings
from storage.embedded import EmbeddedPostgres
from tests.chaos.stage import ChaosStage
from tests.databases import Database, _make_template
from tests.e2e.stage import environment, free_port, serving

Found = TypeVar("Found")

PLENTY = {
    "SHOWRUNNER_HEARTBEAT_SECONDS": "5",  # the default: where nobody dies nobody is to be replaced
    "SHOWRUNNER_DAILY_TOKENS": "1000000000",
    "SHOWRUNNER_REQUESTS_PER_MINUTE": "0",
    "SHOWRUNNER_LOG_LEVEL": "warning",
    "SHOWRUNNER_DRAIN_SECONDS": "2",
}
MORTAL = {"SHOWRUNNER_HEARTBEAT_SECONDS": "1"}  # whose death is to be noticed soon
EVENTS_PATH = "/slack/events"
BODIES_KEPT = 20_000  # of what the providers were asked: every question must be found again


@dataclass(frozen=True, slots=True)
class Ground:
    """`apart`: programs run as their own processes; else in this one, which starts faster."""

    server: Database
    template: Database
    apart: bool = True

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        name = f"chaos_{uuid4().hex}"
        await self.server.run(f"CREATE DATABASE {name} TEMPLATE {self.template.name}")
        try:
            yield self.server.beside(name)
        finally:
            await self.server.drop(name)

    @asynccontextmanager
    async def world(
        self,
        programs: int = 1,
        mode: str = "socket",
        settings: SandboxSettings | None = None,
        **variables: str,
    ) -> AsyncIterator[ChaosStage]:
        """A sandbox, a fresh database and so many programs at work. `variables` are the programs'."""
        async with (
            self.database() as database,
            set_up(database, mode, settings) as stage,
            running(stage, programs, apart=self.apart, **variables),
        ):
            yield stage


@asynccontextmanager
async def standing(*, apart: bool = True) -> AsyncIterator[Ground]:
    """A server of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        async with EmbeddedPostgres(Path(folder) / "data", durable=False) as postgres:
            server = Database(postgres.url("postgres"))
            await _make_template(server, "chaos_template")
            yield Ground(server, server.beside("chaos_template"), apart)


@asynccontextmanager
async def set_up(
    database: Database, mode: str = "socket", settings: SandboxSettings | None = None
) -> AsyncIterator[ChaosStage]:
    """A sandbox whose providers answer at once and remember everything; no program yet."""
    async with Sandbox.running(settings or SandboxSettings()) as sandbox:
        sandbox.providers.speed = 0
        sandbox.providers.ledger.keep_bodies = BODIES_KEPT
        yield ChaosStage(sandbox, database, mode)


@asynccontextmanager
async def running(
    stage: ChaosStage, programs: int, *, apart: bool, roles: Sequence[Role] = (), **variables: str
) -> AsyncIterator[Sequence[int]]:
    """So many programs over a stage; their ports. `roles`: of each, else all of them do everything."""
    async with AsyncExitStack() as stack:
        ports = [free_port() for _ in range(programs)]
        given = zip(ports, roles or ("all",) * programs, strict=True)
        entering = [
            stack.enter_async_context(_one(stage, port, role, apart, variables)) for port, role in given
        ]
        await asyncio.gather(*entering)
        if stage.mode == "http":
            stage.sandbox.deliver_over_http(*(address(port) for port in ports))
        yield ports


@asynccontextmanager
async def _one(
    stage: ChaosStage, port: int, role: Role, apart: bool, variables: dict[str, str]
) -> AsyncIterator[None]:
    given = program_environment(stage, port, **variables)
    if apart:
        async with serving(given, port, ("serve", "--role", role)):
            yield
    else:
        async with started(config.load(given), role):
            yield


def program_environment(stage: ChaosStage, port: int, **variables: str) -> dict[str, str]:
    own = {**PLENTY, "SHOWRUNNER_PORT": str(port), **variables}
    return {**environment(stage.sandbox, stage.database, stage.mode), **own}


def address(port: int) -> str:
    return f"http://127.0.0.1:{port}{EVENTS_PATH}"


async def eventually(
    condition: Callable[[], Awaitable[Found | None]], timeout: float, every: float = 0.05
) -> Found:
    """The first truthy result of an async `condition`. Raises TimeoutError."""
    async with asyncio.timeout(timeout):
        while not (found := await condition()):
            await asyncio.sleep(every)
        return found
