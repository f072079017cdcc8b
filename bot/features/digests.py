"""Digests by the clock, where they are switched on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bot.config import Settings
from bot.features import Feature
from bot.features.shared import Shared
from bot.infrastructure import Infrastructure
from bot.outside import Outside
from handlers.digests import SHOW_TASK, DigestHandlers, SlackDigests
from jobs.schedule import Entry, cron
from services.digests import DigestService

TIMES = {"daily": "0 9 * * *", "weekly": "0 9 * * mon"}
MADE_UP_FOR = {"daily": timedelta(hours=12), "weekly": timedelta(days=3)}
"""So long after its time a digest is still worth telling."""


def digests_of(settings: Settings, base: Infrastructure, o: Outside, shared: Shared) -> Feature:
    presenter = SlackDigests(o.bulletins, o.charts, settings.digest_channel)
    service = DigestService(o.uow, shared.usage, presenter, o.clock, o.checkpoint)
    return Feature((DigestHandlers(service),), tuple(entries(settings, base.identity.team)))


def entries(settings: Settings, team: str) -> Iterable[Entry]:
    """None without a channel: there is nowhere to tell."""
    for kind in settings.digests if settings.digest_channel else ():
        yield Entry(
            f"digests.{kind}",
            cron(TIMES[kind], timezone=settings.timezone),
            SHOW_TASK,
            {"team": team, "kind": kind},
            max_age=MADE_UP_FOR[kind],
        )
