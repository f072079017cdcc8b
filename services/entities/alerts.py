"""What went wrong, for how long, and who looks after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from uuid import UUID


class Level(IntEnum):
    """How bad it is; 0 is well."""

    WELL = 0
    NOTICE = 1
    WARNING = 2
    CRITICAL = 3


class IncidentState(StrEnum):
    PENDING = "pending"  # bad, but not for long enough to tell anybody
    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"  # somebody looks after it, or has snoozed it
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one check says now. `kind` names the words it is told in, `facts` are what they need.

    `host` is empty where the check speaks for all hosts.
    """

    check: str
    level: Level
    kind: str
    facts: Mapping[str, str] = field(default_factory=dict)
    host: str = ""


@dataclass(frozen=True, slots=True)
class Grouping:
    """Checks that are one trouble: what of them goes wrong together is one incident, called by `key`."""

    team: str
    key: str


@dataclass(frozen=True, slots=True)
class Rules:
    """`told_after`: bad for so long before anybody is told. `well_after`: well for so long before it is over.

    `reopen_within`: bad again so soon after that it is the same incident. `mail_after`: nobody looked after
    it for so long; None: never by email. `stale_after`: a host silent for so long no longer counts.
    """

    told_after: timedelta = timedelta(0)
    well_after: timedelta = timedelta(minutes=5)
    reopen_within: timedelta = timedelta(minutes=30)
    mail_after: timedelta | None = timedelta(minutes=15)
    stale_after: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Incident:
    """One trouble from beginning to end; one message in Slack.

    `readings` are the bad ones, as last seen; after the end, those that it ended with.
    """

    id: UUID
    team: str
    key: str
    state: IncidentState
    level: Level
    since: datetime  # when it was first seen
    readings: tuple[Reading, ...] = ()
    peak: Level = Level.WELL
    told_at: datetime | None = None
    open_since: datetime | None = None  # nobody looks after it since then
    well_since: datetime | None = None
    bad_since: datetime | None = None  # after its end: since when it is bad again
    resolved_at: datetime | None = None
    held_by: str = ""  # who acknowledged or snoozed it
    held_at: datetime | None = None
    held_level: Level = Level.WELL
    snoozed_until: datetime | None = None
    reopened: int = 0
    mails: int = 0
    mailed_level: Level = Level.WELL
    version: int = 0  # grows with everything that is seen of it
    shown: int = 0  # the version that Slack shows
    place: str = ""  # "channel" or "owners", once shown

    @property
    def is_open(self) -> bool:
        return self.state in {IncidentState.FIRING, IncidentState.ACKNOWLEDGED}


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Nothing whose key begins with `prefix` is told of meanwhile."""

    id: UUID
    team: str
    prefix: str
    begins: datetime
    ends: datetime
    by: str


class MailState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class AlertMail:
    """One email about an incident; `number` counts those of the same one."""

    id: UUID
    incident_id: UUID
    number: int
    state: MailState
    attempts: int
    due: datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """No AI for a person or in a channel. `until` None: until somebody resumes it."""

    team: str
    kind: str  # "person" or "channel"
    subject: str
    by: str
    at: datetime
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class IncidentView:
    """What is shown of an incident. `pauses` are those that hold and concern it."""

    incident: Incident
    pauses: tuple[Pause, ...] = ()
