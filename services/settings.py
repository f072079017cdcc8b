"""What people set for themselves: each a name and a value, empty for what the desk does by itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from zoneinfo import ZoneInfo, available_timezones

from services.entities.people import Person
from services.errors import BadArgument

MODEL, LENGTH, TIMEZONE = "model", "length", "timezone"
LENGTHS = ("short", "normal", "long")
WARNINGS = "warnings"
NOTICES = (WARNINGS,)
ON, OFF = "", "off"


def check_setting(name: str, value: str, models: Collection[str]) -> None:
    """Raises BadArgument."""
    taken: dict[str, Collection[str]] = {
        MODEL: models,
        LENGTH: LENGTHS,
        TIMEZONE: available_timezones(),
        WARNINGS: (OFF,),
    }
    if name not in taken:
        raise BadArgument(f"`{name[:40]}` is nothing that can be set", ", ".join(taken))
    if value and value not in taken[name]:
        known = "Europe/Berlin, America/New_York …" if name == TIMEZONE else ", ".join(taken[name])
        raise BadArgument(f"`{value[:40]}` is not one of the choices", known)


def wants(settings: Mapping[str, str], notice: str) -> bool:
    """Whether somebody has not switched off a kind of notice to them (one of NOTICES)."""
    return settings.get(notice) != OFF


def zone_of(person: Person) -> ZoneInfo:
    """Their own choice, else Slack's; UTC where Slack names a zone that nobody here knows."""
    for name in (person.settings.get(TIMEZONE), person.timezone):
        if name and name in available_timezones():
            return ZoneInfo(name)
    return ZoneInfo("UTC")
