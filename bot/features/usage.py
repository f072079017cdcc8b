"""Who used what."""

from __future__ import annotations

from bot.config import Settings
from bot.features import Feature
from bot.features.shared import Shared
from bot.infrastructure import Infrastructure
from bot.outside import Outside
from handlers.sender.reports import SlackReports
from handlers.usage import UsageHandlers


def usage_of(settings: Settings, base: Infrastructure, outside: Outside, shared: Shared) -> Feature:
    reports = SlackReports(
        outside.calls,
        outside.replies,
        outside.bulletins,
        outside.charts,
        base.session,
        settings.slack_api_url,
    )
    return Feature((UsageHandlers(shared.usage, reports, outside.uploads),))
