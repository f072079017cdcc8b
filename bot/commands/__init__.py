"""What each word of the command line does."""

from __future__ import annotations

import errno
import sys

import structlog

from bot import lifecycle, manifest
from bot.commands.demo import demo_usage, is_demo, refuse_real
from bot.commands.diagnosis import doctor
from bot.config import Settings, SettingsError
from bot.infrastructure import DatabaseUnusable, database, objects
from bot.lifecycle import Role
from bot.slack import SlackRefusedToken
from services.errors import StoreUnavailable
from storage.embedded import EmbeddedError
from storage.objects import S3Store

__all__ = [
    "demo_usage",
    "doctor",
    "give_up",
    "is_demo",
    "migrate",
    "print_manifest",
    "refuse",
    "refuse_real",
    "serve",
]

log = structlog.get_logger()


def refuse(error: SettingsError) -> int:
    """All faults of the settings in one message."""
    lines = ["Showrunner cannot start; its settings (environment or .env) need you:"]
    lines += [f"  {name} {todo}" for name, todo in error.faults]
    print("\n".join([*lines, "`showrunner doctor` explains every setting."]), file=sys.stderr)
    return 2


def give_up(error: Exception) -> int:
    """What ended the program, in a line for the operator."""
    print(f"Showrunner has stopped: {told(error)}", file=sys.stderr)
    return 1


def told(error: Exception) -> str:
    match error:
        case SlackRefusedToken():
            return (
                f"Slack does not accept {error.variable} ({error.code}). Take a new one from your app's page."
            )
        case DatabaseUnusable():
            return (
                f"PostgreSQL does not let it in ({error}). Check DATABASE_URL; `showrunner doctor` says more."
            )
        case EmbeddedError():
            return str(error)
        case StoreUnavailable():
            return f"the store of files does not answer ({error}). `showrunner doctor` says more."
        case OSError():
            taken = ". Choose another SHOWRUNNER_PORT." if error.errno == errno.EADDRINUSE else ""
            return f"{error.strerror or type(error).__name__}{taken}"
        case _:
            log.error("program.failed", exc_info=error)
            return f"{type(error).__name__}; the log line above says where."


def print_manifest(mode: str, url: str | None) -> int:
    try:
        print(manifest.as_yaml(manifest.manifest(mode, url)), end="")
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


async def serve(settings: Settings, role: Role) -> None:
    await lifecycle.serve(settings, role)


async def migrate(settings: Settings, *, bucket_rules: bool = False) -> None:
    async with database(settings):
        print("The database is up to date.")
    if bucket_rules:
        await rule_bucket(settings)


async def rule_bucket(settings: Settings) -> None:
    with objects(settings) as store:
        if not isinstance(store, S3Store):
            print("There is no bucket (S3_BUCKET): files are kept in a folder, which needs no rules.")
            return
        await store.lifecycle.apply()
        print("The bucket forgets old logs, backups and broken uploads by itself; its other rules stay.")
