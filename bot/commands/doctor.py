"""`showrunner doctor`: every setting and connection, and what to do about each red line."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass

import httpx2
import orjson
import yaml
from anthropic import AnthropicError
from openai import OpenAIError
from pydantic import SecretStr
from sqlalchemy import text

from bot import config
from bot.config import Settings, SettingsError
from bot.infrastructure import data_folder, database
from bot.manifest import MANIFEST
from bot.models import provider_of
from bot.slack import SlackRefusedToken, client_session, identify, web_client
from services.models.anthropic import anthropic_client
from services.models.openai import openai_client


@dataclass(frozen=True, slots=True)
class Finding:
    """`todo` is what to do about it where it is not ok."""

    name: str
    ok: bool
    found: str
    todo: str = ""


async def doctor(*, as_json: bool) -> int:
    findings = await examine(config.process_environment())
    print(
        orjson.dumps([asdict(finding) for finding in findings], option=orjson.OPT_INDENT_2).decode()
        if as_json
        else table(findings)
    )
    return 0 if all(finding.ok for finding in findings) else 1


async def examine(environment: Mapping[str, str]) -> list[Finding]:
    findings = [
        Finding(name, False, "set, but nothing reads it", "is it misspelt?")
        for name in config.unknown_variables(environment)
    ]
    try:
        settings = config.load(environment)
    except SettingsError as error:
        return [*findings, *(Finding(name, False, "wrong or missing", todo) for name, todo in error.faults)]
    return [*findings, *told(settings, environment), *await connections(settings)]


def told(settings: Settings, environment: Mapping[str, str]) -> list[Finding]:
    """Every setting: its value (secrets only whether they are set) and what it is for."""
    findings = []
    for field in Settings.model_fields:
        name, value = config.variable(field), getattr(settings, field)
        given = "" if environment.get(name) else " (default)"
        findings.append(Finding(name, True, shown(value) + given, config.describe(field)))
    return findings


def shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "set"
    if value is None or value == ():
        return "not set"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


async def connections(settings: Settings) -> list[Finding]:
    checks: list[tuple[str, Callable[[Settings], Awaitable[Finding]]]] = [
        ("data folder", data_folder_check),
        ("database", database_check),
        ("Slack", slack_check),
        ("Anthropic", anthropic_check),
        ("OpenAI", openai_check),
        ("models", models_check),
    ]
    return [await guarded(name, check, settings) for name, check in checks]


async def guarded(name: str, check: Callable[[Settings], Awaitable[Finding]], settings: Settings) -> Finding:
    try:
        return await check(settings)
    except Exception as error:
        return Finding(
            name,
            False,
            f"{type(error).__name__}",
            "see the message above, or run with SHOWRUNNER_LOG_LEVEL=debug",
        )


async def data_folder_check(settings: Settings) -> Finding:
    folder = data_folder(settings)
    writable = os.access(folder, os.W_OK)
    return Finding(
        "data folder",
        writable,
        str(folder),
        "" if writable else "make it writable, or set SHOWRUNNER_DATA_DIR",
    )


async def database_check(settings: Settings) -> Finding:
    try:
        async with database(settings) as base, base.engine.connect() as connection:
            version = (await connection.execute(text("SHOW server_version"))).scalar_one()
    except Exception as error:
        return Finding("database", False, f"does not answer ({type(error).__name__})", "check DATABASE_URL")
    kind = "embedded" if base.embedded else "yours"
    return Finding("database", True, f"PostgreSQL {version}, {kind}, tables up to date")


async def slack_check(settings: Settings) -> Finding:
    async with client_session() as session:
        try:
            identity = await identify(web_client(settings, session))
        except SlackRefusedToken as error:
            return Finding(
                "Slack",
                False,
                f"refuses SLACK_BOT_TOKEN ({error.code})",
                "take a new one from your app's page",
            )
        except ConnectionError as error:
            return Finding(
                "Slack", False, f"not reached ({error})", "check SLACK_API_URL and this machine's network"
            )
    missing = sorted(set(declared_scopes()) - set(identity.scopes))
    if missing:
        todo = "add them under “OAuth & Permissions” and install the app again"
        return Finding("Slack", False, f"scopes missing: {', '.join(missing)}", todo)
    return Finding("Slack", True, f"{identity.url} as {identity.bot_user}")


def declared_scopes() -> list[str]:
    scopes: list[str] = yaml.safe_load(MANIFEST.read_text())["oauth_config"]["scopes"]["bot"]
    return scopes


async def anthropic_check(settings: Settings) -> Finding:
    if settings.anthropic_api_key is None:
        return Finding("Anthropic", True, "no key; its models are left out")
    async with anthropic_client(
        settings.anthropic_api_key.get_secret_value(), settings.anthropic_base_url
    ) as client:
        try:
            await client.models.list(limit=1)
        except (AnthropicError, httpx2.HTTPError) as error:
            return Finding(
                "Anthropic", False, type(error).__name__, "check ANTHROPIC_API_KEY and ANTHROPIC_BASE_URL"
            )
    return Finding("Anthropic", True, "answers, and accepts the key")


async def openai_check(settings: Settings) -> Finding:
    if settings.openai_api_key is None:
        return Finding("OpenAI", True, "no key; its models are left out")
    async with openai_client(settings.openai_api_key.get_secret_value(), settings.openai_base_url) as client:
        try:
            await client.models.list()
        except (OpenAIError, httpx2.HTTPError) as error:
            return Finding("OpenAI", False, type(error).__name__, "check OPENAI_API_KEY and OPENAI_BASE_URL")
    return Finding("OpenAI", True, "answers, and accepts the key")


async def models_check(settings: Settings) -> Finding:
    keys = {"anthropic": settings.anthropic_api_key, "openai": settings.openai_api_key}
    usable = [name for name in settings.chat_models if keys[provider_of(name)] is not None]
    if not usable:
        return Finding("models", False, "none can answer", "set ANTHROPIC_API_KEY or OPENAI_API_KEY")
    return Finding("models", True, "answers: " + ", then ".join(usable))


def table(findings: list[Finding]) -> str:
    wide = max(len(finding.name) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{'ok ' if finding.ok else 'RED'}  {finding.name:<{wide}}  {finding.found}")
        if finding.todo:
            lines.append(f"     {'':<{wide}}    {'' if finding.ok else '→ '}{finding.todo}")
    red = sum(not finding.ok for finding in findings)
    lines.append("All is well." if not red else f"{red} of {len(findings)} need you.")
    return "\n".join(lines)
