"""When digests are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.config import Settings, load
from bot.features.digests import entries
from jobs.schedule import latest_tick

TEAM = "T1"
GIVEN = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "ANTHROPIC_API_KEY": "sk-ant-1"}


def settings(**given: str) -> Settings:
    return load({**GIVEN, **{f"SHOWRUNNER_{name}": value for name, value in given.items()}})


def test_digests_are_off_until_they_have_a_channel_and_a_kind() -> None:
    assert not list(entries(settings(), TEAM))
    assert not list(entries(settings(DIGESTS="daily"), TEAM))
    assert not list(entries(settings(DIGEST_CHANNEL="C0123"), TEAM))
    both = entries(settings(DIGESTS="daily,weekly", DIGEST_CHANNEL="C0123"), TEAM)
    assert [entry.payload["kind"] for entry in both] == ["daily", "weekly"]


@pytest.mark.parametrize(
    ("zone", "kind", "now", "tick"),
    [
        ("Europe/Berlin", "daily", "2026-11-23T08:30", "2026-11-23T08:00"),
        ("Europe/Berlin", "daily", "2026-07-01T08:30", "2026-07-01T07:00"),  # summer time
        ("UTC", "daily", "2026-11-23T20:59", "2026-11-23T09:00"),  # made up for
        ("UTC", "daily", "2026-11-23T21:01", None),  # too late to be worth it
        ("UTC", "weekly", "2026-11-24T12:00", "2026-11-23T09:00"),  # Monday's, on Tuesday
        ("UTC", "weekly", "2026-11-27T12:00", None),
    ],
)
def test_they_are_told_at_nine_in_the_desks_zone(zone: str, kind: str, now: str, tick: str | None) -> None:
    [entry] = entries(settings(DIGESTS=kind, DIGEST_CHANNEL="C0123", TIMEZONE=zone), TEAM)
    found = latest_tick(entry, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert found == (datetime.fromisoformat(tick).replace(tzinfo=UTC) if tick else None)


def test_a_tick_that_was_put_in_is_not_put_in_again() -> None:
    [entry] = entries(settings(DIGESTS="daily", DIGEST_CHANNEL="C0123"), TEAM)
    nine = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert latest_tick(entry, nine + timedelta(hours=1), after=nine) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DIGESTS", "hourly"),
        ("ALERT_CHANNEL", "#alerts"),
        ("DIGEST_CHANNEL", "general"),
        ("DAILY_DOLLARS", "0"),
        ("MONTHLY_DOLLARS", "-5"),
        ("DAILY_DOLLARS", "NaN"),
        ("ALERT_SENDER", "somebody"),
    ],
)
def test_wrong_settings_are_named(name: str, value: str) -> None:
    with pytest.raises(Exception, match=f"SHOWRUNNER_{name}"):
        settings(**{name: value})


@pytest.mark.parametrize(("name", "value"), [("SMTP_URL", "mail.example.com"), ("ALERT_EMAILS", "ana, ben")])
def test_wrong_mail_settings_are_named(name: str, value: str) -> None:
    with pytest.raises(Exception, match=name) as error:
        load({**GIVEN, name: value})
    assert "mail.example.com" not in str(error.value)
