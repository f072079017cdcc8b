"""What alerts ask of the outside: a store, a place to be shown, a mail server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.entities.alerts import (
    AlertMail,
    Grouping,
    Incident,
    IncidentView,
    MailState,
    Maintenance,
    Pause,
    Reading,
)


class IncidentStore(Protocol):
    async def lock(self, group: Grouping) -> None:
        """Until the transaction ends, nobody else decides about this group."""
        ...

    async def report(
        self, group: Grouping, readings: Sequence[Reading], at: datetime, *, whole: bool
    ) -> None:
        """What the checks say now. `whole`: what the group said before and `readings` lack is forgotten."""
        ...

    async def readings(self, group: Grouping, since: datetime) -> Sequence[Reading]:
        """Those reported at or after `since`, by check and host."""
        ...

    async def groups(self, team: str, prefix: str) -> Sequence[Grouping]:
        """Groups with a bad reading, whose keys begin so."""
        ...

    async def latest(self, group: Grouping) -> Incident | None: ...

    async def incident(self, incident_id: UUID) -> Incident | None: ...

    async def save(self, incident: Incident) -> None:
        """Insert or change. One group never has two that are not over."""
        ...

    async def drop(self, incident_id: UUID) -> None: ...

    async def unresolved(self) -> Sequence[Incident]:
        """Pending ones, too."""
        ...

    async def unshown(self) -> Sequence[UUID]:
        """Incidents that have changed since they were last shown."""
        ...

    async def open(self, team: str) -> Sequence[Incident]:
        """Firing or acknowledged, the newest first."""
        ...

    async def set_shown(self, incident_id: UUID, version: int, place: str) -> None:
        """Never back to an older version."""
        ...

    async def add_maintenance(self, maintenance: Maintenance) -> None: ...

    async def in_maintenance(self, group: Grouping, now: datetime) -> bool: ...

    async def plan_mail(self, mail: AlertMail) -> None:
        """The same id again changes nothing."""
        ...

    async def take_mail(self, mail_id: UUID, *, now: datetime, until: datetime) -> AlertMail | None:
        """Count an attempt and let nobody else send it until then; None: it is sent, given up, or taken."""
        ...

    async def set_mail(self, mail_id: UUID, state: MailState, *, due: datetime, error: str = "") -> None: ...

    async def due_mails(self, now: datetime) -> Sequence[UUID]: ...


class PauseStore(Protocol):
    async def pause(self, pause: Pause) -> None:
        """A second one for the same replaces the first."""
        ...

    async def resume(self, team: str, kind: str, subject: str) -> bool:
        """Whether there was one."""
        ...

    async def active(self, team: str, now: datetime) -> Sequence[Pause]: ...


View = Callable[[], Awaitable[IncidentView]]


class IncidentPresenter(Protocol):
    async def show(self, incident: Incident, view: View) -> str:
        """One message, shown or brought up to date with what `view` gives when it is its turn.

        Where it stands: "channel", or "owners" where the channel is closed to us. Raises SlackUnavailable
        where nobody could be told.
        """
        ...


@dataclass(frozen=True, slots=True)
class Mail:
    """`id` becomes its Message-ID: sent twice, it is the same mail."""

    id: UUID
    subject: str
    text: str
    html: str


class Mailer(Protocol):
    async def send(self, mail: Mail) -> None:
        """To everyone who is to hear of alerts. Raises MailUnavailable; MailRefused where again can't help."""
        ...
