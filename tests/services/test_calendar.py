from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.calendar import Calendar

BERLIN, CAIRO, INDIA, APIA = (
    Calendar(ZoneInfo(name)) for name in ("Europe/Berlin", "Africa/Cairo", "Asia/Kolkata", "Pacific/Apia")
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_a_day_begins_at_the_desks_midnight() -> None:
    assert BERLIN.day(utc(2026, 11, 22, 22, 59)) == date(2026, 11, 22)
    assert BERLIN.day(utc(2026, 11, 22, 23)) == date(2026, 11, 23)
    assert BERLIN.begins(date(2026, 11, 23)) == utc(2026, 11, 22, 23)


def test_zones_of_half_an_hour_count_too() -> None:
    assert INDIA.begins(date(2026, 11, 23)) == utc(2026, 11, 22, 18, 30)
    assert INDIA.day(utc(2026, 11, 22, 18, 29)) == date(2026, 11, 22)
    assert INDIA.next_day(utc(2026, 11, 22, 18, 30)) == utc(2026, 11, 23, 18, 30)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_the_days_clocks_change_are_shorter_or_longer(day: date, hours: int) -> None:
    begins = BERLIN.begins(day)
    assert BERLIN.next_day(begins) - begins == timedelta(hours=hours)


def test_the_hour_told_twice_is_of_one_day() -> None:
    assert {BERLIN.day(utc(2026, 10, 25, hour, 30)) for hour in (0, 1)} == {date(2026, 10, 25)}


def test_where_clocks_skip_midnight_the_day_begins_where_they_skip_to() -> None:
    begins = CAIRO.begins(date(2026, 4, 24))
    assert begins == utc(2026, 4, 23, 22)
    assert begins.astimezone(CAIRO.zone).hour == 1
    assert CAIRO.day(begins) == date(2026, 4, 24)
    assert CAIRO.day(begins - timedelta(seconds=1)) == date(2026, 4, 23)


def test_next_is_always_later_even_where_a_day_never_was() -> None:
    """Samoa went from the 29th to the 31st of December 2011."""
    at = utc(2011, 12, 30, 9, 59)
    assert APIA.day(at) == date(2011, 12, 29)
    assert APIA.next_day(at) > at
    assert APIA.day(utc(2011, 12, 30, 10)) == date(2011, 12, 31)


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "Africa/Cairo", "Asia/Kolkata", "Pacific/Kiritimati"]
)
def test_every_moment_lies_in_its_day_and_month(zone: str) -> None:
    calendar = Calendar(ZoneInfo(zone))
    for hours in range(0, 24 * 400, 7):
        at = utc(2026, 1, 1) + timedelta(hours=hours)
        assert calendar.begins(calendar.day(at)) <= at < calendar.next_day(at)
        assert calendar.begins(calendar.month(at)) <= at < calendar.next_month(at)


def test_a_month_ends_where_the_next_begins() -> None:
    assert BERLIN.month(utc(2026, 12, 31, 22, 59)) == date(2026, 12, 1)
    assert BERLIN.next_month(utc(2026, 12, 31, 22, 59)) == utc(2026, 12, 31, 23)
    assert BERLIN.next_month(utc(2026, 1, 31)) == utc(2026, 1, 31, 23)
