"""What the program stands on, opened in order and closed in reverse: database, Slack, ourselves in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import asyncpg
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.config import Settings
from bot.models import Makers, providers
from bot.slack import Identity, client_session, identify_patiently, web_client
from jobs import queue
from storage.embedded import EmbeddedPostgres
from storage.engine import make_engine
from storage.migrate import migrate


class DatabaseUnusable(Exception):
    """PostgreSQL cannot be reached, does not let us in, or cannot be migrated; says which by the driver's name."""


@dataclass(frozen=True, slots=True)
class Database:
    engine: AsyncEngine
    dsn: str
    embedded: EmbeddedPostgres | None = None


@dataclass(frozen=True, slots=True)
class Infrastructure:
    database: Database
    session: aiohttp.ClientSession
    client: AsyncWebClient
    identity: Identity
    makers: Makers


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The database, migrated. The embedded one is watched and started again while this is open."""
    async with AsyncExitStack() as stack:
        embedded = await _embedded(settings, stack)
        url = embedded.url() if embedded else settings.sqlalchemy_url or ""
        dsn = embedded.dsn() if embedded else settings.database_dsn or ""
        engine = make_engine(url, pool_size=settings.workers + 4, overflow=8)
        stack.push_async_callback(engine.dispose)
        await _migrated(engine)
        yield Database(engine, dsn, embedded)


async def _migrated(engine: AsyncEngine) -> None:
    try:
        await migrate(engine, [queue.install])
    except (OSError, DBAPIError, asyncpg.PostgresError) as error:
        raise DatabaseUnusable(reason(error)) from error


def reason(error: BaseException) -> str:
    """The driver's own name for it, under what SQLAlchemy wraps around."""
    own = (error.orig.__cause__ or error.orig) if isinstance(error, DBAPIError) and error.orig else error
    return type(own).__name__


async def _embedded(settings: Settings, stack: AsyncExitStack) -> EmbeddedPostgres | None:
    if settings.sqlalchemy_url is not None:
        return None
    server = EmbeddedPostgres(data_folder(settings))
    await stack.enter_async_context(server)
    watching = asyncio.create_task(server.watch(), name="embedded PostgreSQL")
    stack.push_async_callback(ended, watching)
    return server


async def ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})


def data_folder(settings: Settings) -> Path:
    folder = settings.data_dir.expanduser().absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Infrastructure]:
    """Raises SlackRefusedToken; waits for a Slack that does not answer."""
    async with AsyncExitStack() as stack:
        base = await stack.enter_async_context(database(settings))
        session = await stack.enter_async_context(client_session())
        client = web_client(settings, session)
        makers = await stack.enter_async_context(providers(settings))
        identity = await identify_patiently(client)
        yield Infrastructure(base, session, client, identity, makers)
