"""The settings of what is told unasked: alerts, emails, digests."""

from __future__ import annotations

import re
from decimal import Decimal

from pydantic import BaseModel, Field, SecretStr, field_validator

from bot.names import Names
from services.outside.email import SmtpAddress

DIGESTS = frozenset({"daily", "weekly"})
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,}")
_EMAIL = re.compile(r"[^@\s,<>\"]+@[^@\s,<>\"]+\.[^@\s,<>\"]+")


class Alerting(BaseModel):
    alert_channel: str = Field(
        "",
        validation_alias="SHOWRUNNER_ALERT_CHANNEL",
        description="id of the channel that hears of alerts (C…); empty: the owners do",
    )
    smtp_url: SecretStr | None = Field(
        None,
        validation_alias="SMTP_URL",
        description="smtp://user:password@host:587 (or smtps://…): sends alerts by email, too",
    )
    alert_emails: Names = Field(
        (), validation_alias="ALERT_EMAILS", description="who gets them, comma-separated"
    )
    alert_sender: str | None = Field(
        None,
        validation_alias="SHOWRUNNER_ALERT_SENDER",
        description="who they come from; empty: the first of ALERT_EMAILS",
    )
    daily_dollars: Decimal | None = Field(
        None,
        gt=0,
        validation_alias="SHOWRUNNER_DAILY_DOLLARS",
        description="US dollars a day: an alert at 50, 80 and 100 %",
    )
    monthly_dollars: Decimal | None = Field(
        None,
        gt=0,
        validation_alias="SHOWRUNNER_MONTHLY_DOLLARS",
        description="US dollars a month: an alert at 50, 80 and 100 %",
    )
    digest_channel: str = Field(
        "",
        validation_alias="SHOWRUNNER_DIGEST_CHANNEL",
        description="id of the channel that gets digests of use (C…)",
    )
    digests: Names = Field(
        (),
        validation_alias="SHOWRUNNER_DIGESTS",
        description="daily, weekly or both: at 9:00, weekly on Monday",
    )

    @field_validator("alert_channel", "digest_channel")
    @classmethod
    def _channel(cls, value: str) -> str:
        if value and not _CHANNEL.fullmatch(value):
            raise ValueError(
                "is not a channel's id: it stands at the bottom of the channel's details in Slack"
            )
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            SmtpAddress.parse(value.get_secret_value())
        return value

    @field_validator("alert_emails")
    @classmethod
    def _emails(cls, value: Names) -> Names:
        if any(not _EMAIL.fullmatch(address) for address in value):
            raise ValueError("holds something that is not an email address")
        return value

    @field_validator("alert_sender")
    @classmethod
    def _sender(cls, value: str | None) -> str | None:
        if value and not _EMAIL.fullmatch(value):
            raise ValueError("is not an email address")
        return value or None

    @field_validator("digests")
    @classmethod
    def _digests(cls, value: Names) -> Names:
        if unknown := sorted(set(value) - DIGESTS):
            raise ValueError(f"knows daily and weekly, not {', '.join(unknown)}")
        return value
