"""Alerts and money: what is watched, who hears of it, what can be done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bot.config import Settings
from bot.features import Feature
from bot.features.shared import Shared
from bot.infrastructure import Infrastructure
from bot.outside import Outside
from handlers.alert_mail import composer
from handlers.alerts import SWEEP_TASK, WAKE_TASK, AlertHandlers
from handlers.alerts_presenter import SlackIncidents
from handlers.costs import CHECK_TASK, CostHandlers
from jobs.schedule import Entry, every
from services.alerts import AlertMails, AlertService
from services.costs import CostService, CostSettings
from services.entities.alerts import Rules
from services.outside.email import NoMailer, SmtpAddress, SmtpMailer
from services.ports.alerts import Mailer

SWEEP_EVERY, WAKE_EVERY, LOOK_EVERY = timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=5)
RULES = {
    "cost": Rules(mail_after=timedelta(0), well_after=timedelta(minutes=1), reopen_within=timedelta(hours=1))
}
"""Money that is spent is spent: told and mailed at once, and over when a new day or month has begun."""


def alerts_of(settings: Settings, base: Infrastructure, o: Outside, shared: Shared) -> Feature:
    url = base.identity.url
    mailer = mailer_of(settings)
    presenter = SlackIncidents(o.bulletins, settings.alert_channel, settings.owners, url)
    alerts = AlertService(
        o.uow, presenter, shared.people, shared.policy, o.clock, o.checkpoint, RULES, mails=mailer is not None
    )
    compose = composer(shared.calendar.zone, url)
    mails = AlertMails(o.uow, mailer or NoMailer(), alerts.view, compose, o.clock, o.checkpoint)
    costs = CostService(
        o.uow, alerts, shared.limits, shared.people, shared.policy, o.clock, shared.calendar,
        CostSettings(settings.daily_dollars, settings.monthly_dollars),
    )  # fmt: skip
    handlers = (AlertHandlers(alerts, mails, shared.pauses, o.replies), CostHandlers(costs, o.replies))
    return Feature(handlers, tuple(entries(base.identity.team)))


def entries(team: str) -> Iterable[Entry]:
    yield Entry(SWEEP_TASK, every(SWEEP_EVERY), SWEEP_TASK, max_age=timedelta(minutes=5))
    yield Entry(WAKE_TASK, every(WAKE_EVERY), WAKE_TASK, max_age=timedelta(minutes=10))
    yield Entry(CHECK_TASK, every(LOOK_EVERY), CHECK_TASK, {"team": team}, max_age=timedelta(minutes=30))


def mailer_of(settings: Settings) -> Mailer | None:
    """None without a server, or without anybody to write to."""
    if settings.smtp_url is None or not settings.alert_emails:
        return None
    address = SmtpAddress.parse(settings.smtp_url.get_secret_value())
    sender = settings.alert_sender or settings.alert_emails[0]
    return SmtpMailer(address, sender, settings.alert_emails)
