from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.entities.alerts import (
    AlertMail,
    Grouping,
    Incident,
    IncidentState,
    Level,
    MailState,
    Maintenance,
    Pause,
    Reading,
)
from tests.fakes.memory import FakeStore

UNSENT = {MailState.WAITING, MailState.SENDING}


class FakeIncidentStore(FakeStore):
    async def lock(self, group: Grouping) -> None:
        return None

    async def report(
        self, group: Grouping, readings: Sequence[Reading], at: datetime, *, whole: bool
    ) -> None:
        checks = self._memory.checks
        for key in [key for key in checks if whole and key[:2] == (group.team, group.key)]:
            self._drop(checks, key)
        for reading in readings:
            self._put(checks, (group.team, group.key, reading.check, reading.host), (reading, at))

    async def readings(self, group: Grouping, since: datetime) -> Sequence[Reading]:
        return [
            reading
            for key, (reading, at) in sorted(self._memory.checks.items())
            if key[:2] == (group.team, group.key) and at >= since
        ]

    async def groups(self, team: str, prefix: str) -> Sequence[Grouping]:
        bad = {
            key[1]
            for key, (reading, _) in self._memory.checks.items()
            if key[0] == team and key[1].startswith(prefix) and reading.level > Level.WELL
        }
        return [Grouping(team, key) for key in sorted(bad)]

    async def latest(self, group: Grouping) -> Incident | None:
        found = [
            one for one in self._memory.incidents.values() if (one.team, one.key) == (group.team, group.key)
        ]
        over = IncidentState.RESOLVED
        return max(found, key=lambda one: (one.state is not over, one.since, one.id), default=None)

    async def incident(self, incident_id: UUID) -> Incident | None:
        return self._memory.incidents.get(incident_id)

    async def save(self, incident: Incident) -> None:
        known = self._memory.incidents.get(incident.id)
        kept = {"shown": known.shown, "place": known.place} if known else {}
        self._put(self._memory.incidents, incident.id, replace(incident, **kept))

    async def drop(self, incident_id: UUID) -> None:
        self._drop(self._memory.incidents, incident_id)

    async def unresolved(self) -> Sequence[Incident]:
        found = [one for one in self._memory.incidents.values() if one.state is not IncidentState.RESOLVED]
        return sorted(found, key=lambda one: (one.since, one.id))

    async def unshown(self) -> Sequence[UUID]:
        return sorted(one.id for one in self._memory.incidents.values() if one.shown < one.version)

    async def open(self, team: str) -> Sequence[Incident]:
        found = [one for one in self._memory.incidents.values() if one.team == team and one.is_open]
        return sorted(found, key=lambda one: (one.told_at or one.since, one.id), reverse=True)

    async def set_shown(self, incident_id: UUID, version: int, place: str) -> None:
        if known := self._memory.incidents.get(incident_id):
            shown = replace(known, shown=max(known.shown, version), place=place)
            self._put(self._memory.incidents, incident_id, shown)

    async def add_maintenance(self, planned: Maintenance) -> None:
        self._put(self._memory.maintenance, planned.id, planned)

    async def in_maintenance(self, group: Grouping, now: datetime) -> bool:
        return any(
            one.team == group.team and group.key.startswith(one.prefix) and one.begins <= now < one.ends
            for one in self._memory.maintenance.values()
        )

    async def plan_mail(self, mail: AlertMail) -> None:
        if mail.id not in self._memory.mails:
            self._put(self._memory.mails, mail.id, mail)

    async def take_mail(self, mail_id: UUID, *, now: datetime, until: datetime) -> AlertMail | None:
        mail = self._memory.mails.get(mail_id)
        if mail is None or mail.state not in UNSENT or mail.due > now:
            return None
        taken = replace(mail, state=MailState.SENDING, attempts=mail.attempts + 1, due=until)
        self._put(self._memory.mails, mail_id, taken)
        return taken

    async def set_mail(self, mail_id: UUID, state: MailState, *, due: datetime, error: str = "") -> None:
        self._put(self._memory.mails, mail_id, replace(self._memory.mails[mail_id], state=state, due=due))

    async def due_mails(self, now: datetime) -> Sequence[UUID]:
        due = [mail for mail in self._memory.mails.values() if mail.state in UNSENT and mail.due <= now]
        return [mail.id for mail in sorted(due, key=lambda mail: mail.due)]


class FakePauseStore(FakeStore):
    async def pause(self, pause: Pause) -> None:
        self._put(self._memory.pauses, (pause.team, pause.kind, pause.subject), pause)

    async def resume(self, team: str, kind: str, subject: str) -> bool:
        known = (team, kind, subject) in self._memory.pauses
        self._drop(self._memory.pauses, (team, kind, subject))
        return known

    async def active(self, team: str, now: datetime) -> Sequence[Pause]:
        found = [one for one in self._memory.pauses.values() if one.team == team and one.holds(now)]
        return sorted(found, key=lambda one: (one.at, one.kind, one.subject))
