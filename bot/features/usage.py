"""Who used what."""

from __future__ import annotations

from bot.config import Settings
from bot.features import Feature
from bot.features.shared import Shared
from bot.infrastructure import Infrastructure
from bot.outside import Outside
from handlers.sender.capabilities import Capabilities
from handlers.sender.charts import Charts
from handlers.sender.reports import SlackReports
from handlers.sender.uploads import SlackUploads
from handlers.usage import UsageHandlers


def usage_of(settings: Settings, base: Infrastructure, outside: Outside, shared: Shared) -> Feature:
    uploads = SlackUploads(outside.calls, base.session, settings.slack_api_url)
    charts = Charts(Capabilities(outside.clock), uploads, outside.clock)
    reports = SlackReports(
        outside.calls, outside.replies, outside.bulletins, charts, base.session, settings.slack_api_url
    )
    return Feature((UsageHandlers(shared.usage, reports, uploads),))
