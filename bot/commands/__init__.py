"""What each word of the command line does."""

from __future__ import annotations

import sys

from bot import lifecycle, manifest
from bot.commands.doctor import doctor
from bot.config import Settings, SettingsError
from bot.infrastructure import database
from bot.lifecycle import Role

__all__ = ["doctor", "migrate", "print_manifest", "refuse", "serve"]


def refuse(error: SettingsError) -> int:
    """All faults of the settings in one message."""
    lines = ["Showrunner cannot start; its settings (environment or .env) need you:"]
    lines += [f"  {name} {todo}" for name, todo in error.faults]
    print("\n".join([*lines, "`showrunner doctor` explains every setting."]), file=sys.stderr)
    return 2


def print_manifest(mode: str, url: str | None) -> int:
    try:
        print(manifest.as_yaml(manifest.manifest(mode, url)), end="")
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


async def serve(settings: Settings, role: Role) -> None:
    await lifecycle.serve(settings, role)


async def migrate(settings: Settings) -> None:
    async with database(settings):
        print("The database is up to date.")
