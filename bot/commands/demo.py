"""`showrunner demo usage`: weeks of made-up calls, so that a demo has something to report on."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.commands.made_up import Cast, made_up
from bot.config import Settings
from bot.infrastructure import opened
from bot.models import provider_of
from bot.outside import Outside, outside_of
from handlers.directory import to_person
from services.calendar import Calendar
from services.entities.calls import CallOutcome, ModelCall
from services.entities.people import Actor
from services.models.prices import BundledPrices

SEED = 1
PAGE = 200


def is_demo(settings: Settings) -> bool:
    """Whether this is a Slack on this machine: made-up calls have no business in a real workspace's log."""
    host = urlsplit(settings.slack_api_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def refuse_real() -> int:
    print(
        "`showrunner demo` fills in made-up use: only for a Slack on this machine (SLACK_API_URL).",
        file=sys.stderr,
    )
    return 2


async def demo_usage(
    settings: Settings, days: int, people: Sequence[str], channels: Sequence[str], seed: int = SEED
) -> None:
    """Ids of people (none: all that Slack lists) and channels. What is there already stays as it is."""
    async with opened(settings) as base:
        outside = outside_of(settings, base, {})
        team = base.identity.team
        known = await _people(outside, team)
        cast = Cast(
            team,
            people or known,
            channels,
            [(provider_of(name), name) for name in settings.chat_models],
            (provider_of(settings.summary_models[0]), settings.summary_models[0]),
        )
        calendar = Calendar(ZoneInfo(settings.timezone))
        today = calendar.day(outside.clock.now())
        calls = made_up(cast, calendar, BundledPrices(), days, today, seed)
        written = sum(
            [await _log(outside, list(of_day)) for _, of_day in groupby(calls, lambda call: call.day)]
        )
    print(f"{written:,} calls of {days} days made up.")


async def _people(outside: Outside, team: str) -> list[str]:
    """Ids of those who could ask; their names are kept for the reports."""
    answer = await outside.calls.read(team, "users.list", {"limit": PAGE})
    found = [to_person(Actor(team, user["id"]), user) for user in answer["members"]]
    asking = [one for one in found if not (one.is_bot or one.is_deleted or one.user == "USLACKBOT")]
    async with outside.uow() as uow:
        for person in asking:
            await uow.people.save_person(person, outside.clock.now())
        await uow.commit()
    return [person.user for person in asking if not person.is_guest]


async def _log(outside: Outside, calls: Sequence[ModelCall]) -> int:
    """By the statements that log real calls; how many were new."""
    async with outside.uow() as uow:
        there = await uow.usage.logged([call.id for call in calls])
        new = [call for call in calls if call.id not in there]
        for call in new:
            await uow.calls.begin(replace(call, outcome=CallOutcome.STARTED))
            await uow.calls.finish(call)
        await uow.commit()
    return len(new)
