"""Days and months as the desk counts them, in its one stated time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Calendar:
    zone: ZoneInfo

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def month(self, at: datetime) -> date:
        """Its first day."""
        return self.day(at).replace(day=1)

    def begins(self, day: date) -> datetime:
        """The first moment of a day, UTC; where clocks skip midnight, the moment they skip to."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def next_day(self, at: datetime) -> datetime:
        """The moment a day's limits begin anew, UTC."""
        return self.begins(self.day(at) + timedelta(days=1))

    def next_month(self, at: datetime) -> datetime:
        return self.begins((self.month(at) + timedelta(days=32)).replace(day=1))
