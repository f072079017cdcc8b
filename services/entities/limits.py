"""What may be used, how much of it is used, and who asked for more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from services.entities.people import Actor


@dataclass(frozen=True, slots=True)
class Amount:
    """What one request may cost at most. `microdollars`: 10^-6 US dollars, rounded up."""

    tokens: int
    microdollars: int = 0

    def of(self, unit: str) -> int:
        return self.tokens if unit == "tokens" else self.microdollars


@dataclass(frozen=True, slots=True)
class LimitState:
    """One limit that applies to somebody somewhere, and its counter now. `cap`: with what was granted on top."""

    kind: str  # "person", "channel" or "workspace"
    period: str  # "day" or "month"
    unit: str  # "tokens" or "microdollars"
    cap: int
    spent: int
    reserved: int
    resets_at: datetime
    scope: str = ""
    starts: date = date.min

    @property
    def left(self) -> int:
        return max(0, self.cap - self.spent - self.reserved)


@dataclass(frozen=True, slots=True)
class Limit:
    """As somebody set it. `subject`: a user, a role or a channel; empty for the workspace."""

    kind: str  # "person", "role", "channel" or "workspace"
    subject: str
    period: str
    unit: str
    cap: int
    set_by: str = ""
    set_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What one counter counts, but for its unit and the day it begins."""

    kind: str  # "user", "channel" or "workspace"
    team: str
    subject: str
    period: str

    def __str__(self) -> str:
        """`user:T1:U1/day`, `workspace:T1/month`: days and months that begin together are counted apart."""
        names = [self.kind, self.team, *([self.subject] if self.subject else [])]
        return f"{':'.join(names)}/{self.period}"

    def until(self, starts: date) -> date:
        """The first day that is not counted any more."""
        if self.period == "day":
            return starts + timedelta(days=1)
        return (starts + timedelta(days=32)).replace(day=1)


def scope_of(key: str) -> Scope:
    names, _, period = key.partition("/")
    kind, team, *subject = names.split(":")
    return Scope(kind, team, "".join(subject), period)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who reserves, under limits as they were at `version`. `per_minute`: counted as a question, at most so many."""

    actor: Actor
    version: int
    at: datetime
    per_minute: int = 0


@dataclass(frozen=True, slots=True)
class LimitRequest:
    """Somebody's wish for more of one counter. `bonus`: what was granted on top."""

    id: UUID
    actor: Actor
    channel: str
    scope: str
    starts: date
    unit: str
    asked_at: datetime
    turn_id: UUID | None = None
    state: str = "open"  # "open", "granted" or "declined"
    bonus: int = 0
    decided_by: str | None = None


@dataclass(frozen=True, slots=True)
class NearlyFull:
    """A counter that somebody is to be warned of."""

    scope: str
    starts: date
    unit: str
    actor: Actor
