"""What the program stands on, opened in order and closed in reverse: database, Slack, ourselves in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import asyncpg
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.config import Settings
from bot.models import Makers, providers
from bot.slack import Identity, client_session, identify_patiently, web_client
from jobs import queue
from services.ports.objects import ObjectStore
from storage.embedded import EmbeddedPostgres
from storage.engine import make_engine
from storage.migrate import migrate
from storage.objects import Bucket, FolderStore, S3Store


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
    objects: ObjectStore


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
        store = stack.enter_context(objects(settings))
        yield Infrastructure(base, session, client, identity, makers, store)


@contextmanager
def objects(settings: Settings) -> Iterator[ObjectStore]:
    """Where files are kept; nothing is asked of it yet."""
    if settings.s3_bucket is None:
        yield FolderStore(data_folder(settings) / "objects")
        return
    with closing(S3Store(bucket(settings, settings.s3_bucket))) as store:
        yield store


def bucket(settings: Settings, name: str) -> Bucket:
    return Bucket(
        name,
        endpoint=settings.aws_endpoint_url,
        region=settings.aws_region,
        access_key=_secret(settings.aws_access_key_id),
        secret_key=_secret(settings.aws_secret_access_key),
        session_token=_secret(settings.aws_session_token),
        encrypted=settings.s3_encryption,
    )


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value is not None else None
