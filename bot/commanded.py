"""What was asked for on the command line, done."""

from __future__ import annotations

import argparse
import asyncio

import uvloop

from bot import commands, config, logs
from bot.config import Settings, SettingsError


def run(given: argparse.Namespace) -> int:
    if given.command == "manifest":
        return commands.print_manifest(given.mode, given.url)
    if given.command == "doctor":
        return asyncio.run(commands.doctor(as_json=given.json))
    try:
        settings = config.load()
    except SettingsError as error:
        return commands.refuse(error)
    logs.configure(settings)
    if given.command == "demo" and not commands.is_demo(settings):
        return commands.refuse_real()
    return _run(given, settings)


def _run(given: argparse.Namespace, settings: Settings) -> int:
    try:
        uvloop.run(_work(given, settings))
    except Exception as error:
        return commands.give_up(error)
    return 0


async def _work(given: argparse.Namespace, settings: Settings) -> None:
    match given.command:
        case "serve":
            await commands.serve(settings, given.role)
        case "demo":
            await commands.demo_usage(settings, given.days, given.people, given.channels, given.seed)
        case _:
            await commands.migrate(settings, bucket_rules=given.bucket_rules)
