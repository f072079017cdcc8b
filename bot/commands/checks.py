"""The connections that the program needs, tried one after another."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx2
import yaml
from anthropic import AnthropicError
from openai import OpenAIError
from sqlalchemy import text

from bot.config import Settings
from bot.gate import CLOCK_TOLERANCE
from bot.infrastructure import DatabaseUnusable, data_folder, database, objects
from bot.manifest import MANIFEST
from bot.models import provider_of
from bot.slack import Identity, SlackRefusedToken, asked, client_session, identify, web_client
from services.errors import ShowrunnerError
from services.models.anthropic import anthropic_client
from services.models.openai import openai_client
from services.ports.objects import ObjectStore
from storage.embedded import EmbeddedError
from storage.objects import S3Store

CLOCK_MAY_BE_OFF = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Finding:
    """`todo` is what to do about it where it is not ok."""

    name: str
    ok: bool
    found: str
    todo: str = ""


Check = Callable[[Settings], Awaitable[Sequence[Finding]]]


async def connections(settings: Settings) -> list[Finding]:
    checks: list[tuple[str, Check]] = [
        ("data folder", data_folder_check),
        ("database", database_check),
        ("files", files_check),
        ("Slack", slack_checks),
        ("Anthropic", anthropic_check),
        ("OpenAI", openai_check),
        ("models", models_check),
    ]
    return [finding for name, check in checks for finding in await guarded(name, check, settings)]


async def guarded(name: str, check: Check, settings: Settings) -> Sequence[Finding]:
    """A check that breaks is a red line, never the end of the others."""
    try:
        return await check(settings)
    except Exception as error:
        todo = "this is not known: please report it with the lines of SHOWRUNNER_LOG_LEVEL=debug"
        return [Finding(name, False, f"could not be checked ({type(error).__name__})", todo)]


async def data_folder_check(settings: Settings) -> Sequence[Finding]:
    todo = "make it writable, or set SHOWRUNNER_DATA_DIR"
    try:
        folder = data_folder(settings)
    except OSError as error:
        return [Finding("data folder", False, f"{settings.data_dir}: {error.strerror}", todo)]
    writable = os.access(folder, os.W_OK)
    return [Finding("data folder", writable, str(folder), "" if writable else todo)]


async def database_check(settings: Settings) -> Sequence[Finding]:
    try:
        async with database(settings) as base, base.engine.connect() as connection:
            version = (await connection.execute(text("SHOW server_version"))).scalar_one()
    except DatabaseUnusable as error:
        return [Finding("database", False, f"does not let us in ({error})", "check DATABASE_URL")]
    except EmbeddedError as error:
        return [Finding("database", False, str(error), "set SHOWRUNNER_DATA_DIR, or DATABASE_URL")]
    kind = "embedded" if base.embedded else "yours"
    return [Finding("database", True, f"PostgreSQL {version}, {kind}, tables up to date")]


async def files_check(settings: Settings) -> Sequence[Finding]:
    """A small file is stored, read and removed, as any other is."""
    place = f"bucket {settings.s3_bucket}" if settings.s3_bucket else "folder"
    try:
        with objects(settings) as store:
            await tried_out(store)
            ruled = not isinstance(store, S3Store) or await store.lifecycle.in_force()
    except ShowrunnerError as error:
        todo = "check S3_BUCKET, AWS_ENDPOINT_URL and the AWS keys" if settings.s3_bucket else "see above"
        return [Finding("files", False, f"{place}: {str(error) or type(error).__name__}", todo)]
    if not ruled:
        todo = "`showrunner migrate --bucket-rules` lets it forget old logs, backups and broken uploads"
        return [Finding("files", True, f"{place}, writable, without our rules", todo)]
    return [Finding("files", True, f"{place}, writable")]


async def tried_out(store: ObjectStore) -> None:
    text = b"Showrunner's doctor was here."
    key, sha256 = f"logs/doctor/{uuid4()}", hashlib.sha256(text).hexdigest()
    with tempfile.TemporaryDirectory(prefix="showrunner-") as folder:
        path = Path(folder) / "file"
        path.write_bytes(text)
        await store.put(key, path, sha256=sha256, content_type="text/plain")
        await store.fetch(key, path)
    await store.delete(key)


async def slack_checks(settings: Settings) -> Sequence[Finding]:
    async with client_session() as session:
        client = web_client(settings, session)
        try:
            identity = await identify(client)
            if settings.mode == "socket" and settings.slack_app_token is not None:
                token = settings.slack_app_token.get_secret_value()
                await asked("SLACK_APP_TOKEN", client.apps_connections_open(app_token=token))
        except SlackRefusedToken as error:
            return [
                Finding(
                    "Slack", False, f"refuses {error.variable} ({error.code})", f"take a new {error.variable}"
                )
            ]
        except ConnectionError as error:
            todo = "check SLACK_API_URL and this machine's network"
            return [Finding("Slack", False, f"not reached ({error})", todo)]
    return [scopes_finding(identity), clock_finding(identity)]


def scopes_finding(identity: Identity) -> Finding:
    missing = sorted(set(declared_scopes()) - set(identity.scopes))
    if missing:
        todo = "add them under “OAuth & Permissions” and install the app again"
        return Finding("Slack", False, f"scopes missing: {', '.join(missing)}", todo)
    return Finding("Slack", True, f"{identity.url} as {identity.bot_user}")


def clock_finding(identity: Identity) -> Finding:
    """Slack's signatures bear a time: a clock too far off refuses them all."""
    if abs(identity.ahead) <= CLOCK_MAY_BE_OFF:
        return Finding("clock", True, "agrees with Slack's")
    todo = f"set it (NTP): from {CLOCK_TOLERANCE} s on, HTTP mode refuses all that Slack says"
    return Finding("clock", False, f"{abs(identity.ahead):.0f} s off Slack's", todo)


def declared_scopes() -> list[str]:
    scopes: list[str] = yaml.safe_load(MANIFEST.read_text())["oauth_config"]["scopes"]["bot"]
    return scopes


async def anthropic_check(settings: Settings) -> Sequence[Finding]:
    if settings.anthropic_api_key is None:
        return [Finding("Anthropic", True, "no key; its models are left out")]
    key = settings.anthropic_api_key.get_secret_value()
    async with anthropic_client(key, settings.anthropic_base_url) as client:
        try:
            await client.models.list(limit=1)
        except (AnthropicError, httpx2.HTTPError) as error:
            todo = "check ANTHROPIC_API_KEY and ANTHROPIC_BASE_URL"
            return [Finding("Anthropic", False, type(error).__name__, todo)]
    return [Finding("Anthropic", True, "answers, and accepts the key")]


async def openai_check(settings: Settings) -> Sequence[Finding]:
    if settings.openai_api_key is None:
        return [Finding("OpenAI", True, "no key; its models are left out")]
    async with openai_client(settings.openai_api_key.get_secret_value(), settings.openai_base_url) as client:
        try:
            await client.models.list()
        except (OpenAIError, httpx2.HTTPError) as error:
            todo = "check OPENAI_API_KEY and OPENAI_BASE_URL"
            return [Finding("OpenAI", False, type(error).__name__, todo)]
    return [Finding("OpenAI", True, "answers, and accepts the key")]


async def models_check(settings: Settings) -> Sequence[Finding]:
    keys = {"anthropic": settings.anthropic_api_key, "openai": settings.openai_api_key}
    usable = [name for name in settings.chat_models if keys[provider_of(name)] is not None]
    if not usable:
        return [Finding("models", False, "none can answer", "set ANTHROPIC_API_KEY or OPENAI_API_KEY")]
    return [Finding("models", True, "answers: " + ", then ".join(usable))]
