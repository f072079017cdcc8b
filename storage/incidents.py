"""What checks say, and the incidents that follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Text, bindparam, delete, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.entities.alerts import (
    AlertMail,
    Grouping,
    Incident,
    IncidentState,
    Level,
    MailState,
    Maintenance,
    Reading,
)
from storage.store import Store
from storage.tables import alert_mails, check_states, incidents, maintenance
from storage.tables.alerts import is_unresolved, is_unsent, is_unshown

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:team AS text) || ' ' || :key, 7))")
_of_group = [check_states.c.team == bindparam("the_team"), check_states.c.key == bindparam("the_key")]
_REPORT = insert(check_states)
_REPORTED = _REPORT.on_conflict_do_update(
    index_elements=list(check_states.primary_key),
    set_={name: _REPORT.excluded[name] for name in ("level", "kind", "facts", "seen_at")},
)
_FORGET = delete(check_states).where(*_of_group)
_READINGS = (
    select(check_states)
    .where(*_of_group, check_states.c.seen_at >= bindparam("since"))
    .order_by(check_states.c.name, check_states.c.host)
)
_GROUPS = (
    select(check_states.c.key)
    .where(
        check_states.c.team == bindparam("the_team"),
        check_states.c.level > 0,
        func.starts_with(check_states.c.key, bindparam("prefix")),
    )
    .distinct()
    .order_by(check_states.c.key)
)
_the_incident = incidents.c.id == bindparam("incident")
_LATEST = (
    select(incidents)
    .where(incidents.c.team == bindparam("the_team"), incidents.c.key == bindparam("the_key"))
    .order_by(is_unresolved.desc(), incidents.c.since.desc(), incidents.c.id.desc())
    .limit(1)
)
_INCIDENT = select(incidents).where(_the_incident)
_SAVE = insert(incidents)
_SAVED = _SAVE.on_conflict_do_update(
    index_elements=[incidents.c.id],
    set_={
        column.name: _SAVE.excluded[column.name]
        for column in incidents.c
        if column.name not in {"id", "team", "key", "since", "shown", "place"}
    },
)
_DROP = delete(incidents).where(_the_incident)
_UNRESOLVED = select(incidents).where(is_unresolved).order_by(incidents.c.since, incidents.c.id)
_UNSHOWN = select(incidents.c.id).where(is_unshown).order_by(incidents.c.id)
_OPEN = (
    select(incidents)
    .where(
        incidents.c.team == bindparam("the_team"),
        incidents.c.state.in_([IncidentState.FIRING, IncidentState.ACKNOWLEDGED]),
    )
    .order_by(incidents.c.told_at.desc(), incidents.c.id.desc())
)
_SHOWN = (
    update(incidents)
    .where(_the_incident)
    .values(shown=func.greatest(incidents.c.shown, bindparam("seen")), place=bindparam("new_place"))
)
_IN_MAINTENANCE = select(
    exists().where(
        maintenance.c.team == bindparam("the_team"),
        maintenance.c.begins <= bindparam("now"),
        maintenance.c.ends > bindparam("now"),
        func.starts_with(bindparam("the_key", type_=Text), maintenance.c.prefix),
    )
)
_the_mail = alert_mails.c.id == bindparam("mail")
_TAKE_MAIL = (
    update(alert_mails)
    .where(_the_mail, is_unsent, alert_mails.c.due <= bindparam("now"))
    .values(state=MailState.SENDING, attempts=alert_mails.c.attempts + 1, due=bindparam("until"))
    .returning(alert_mails)
)
_SET_MAIL = (
    update(alert_mails)
    .where(_the_mail)
    .values(state=bindparam("new_state"), due=bindparam("new_due"), error=bindparam("new_error"))
)
_DUE_MAILS = (
    select(alert_mails.c.id)
    .where(is_unsent, alert_mails.c.due <= bindparam("now"))
    .order_by(alert_mails.c.due)
)


class SqlIncidentStore(Store):
    async def lock(self, group: Grouping) -> None:
        await self._run(_LOCK, team=group.team, key=group.key)

    async def report(
        self, group: Grouping, readings: Sequence[Reading], at: datetime, *, whole: bool
    ) -> None:
        if whole:
            await self._run(_FORGET, the_team=group.team, the_key=group.key)
        for reading in readings:
            await self._run(
                _REPORTED,
                team=group.team,
                key=group.key,
                name=reading.check,
                host=reading.host,
                level=reading.level,
                kind=reading.kind,
                facts=dict(reading.facts),
                seen_at=at,
            )

    async def readings(self, group: Grouping, since: datetime) -> Sequence[Reading]:
        rows = await self._all(_READINGS, the_team=group.team, the_key=group.key, since=since)
        return [Reading(row.name, Level(row.level), row.kind, row.facts, row.host) for row in rows]

    async def groups(self, team: str, prefix: str) -> Sequence[Grouping]:
        return [Grouping(team, row.key) for row in await self._all(_GROUPS, the_team=team, prefix=prefix)]

    async def latest(self, group: Grouping) -> Incident | None:
        row = await self._one(_LATEST, the_team=group.team, the_key=group.key)
        return _to_incident(row) if row else None

    async def incident(self, incident_id: UUID) -> Incident | None:
        row = await self._one(_INCIDENT, incident=incident_id)
        return _to_incident(row) if row else None

    async def save(self, incident: Incident) -> None:
        await self._run(_SAVED, **_row(incident))

    async def drop(self, incident_id: UUID) -> None:
        await self._run(_DROP, incident=incident_id)

    async def unresolved(self) -> Sequence[Incident]:
        return [_to_incident(row) for row in await self._all(_UNRESOLVED)]

    async def unshown(self) -> Sequence[UUID]:
        return [row.id for row in await self._all(_UNSHOWN)]

    async def open(self, team: str) -> Sequence[Incident]:
        return [_to_incident(row) for row in await self._all(_OPEN, the_team=team)]

    async def set_shown(self, incident_id: UUID, version: int, place: str) -> None:
        await self._run(_SHOWN, incident=incident_id, seen=version, new_place=place)

    async def add_maintenance(self, planned: Maintenance) -> None:
        await self._run(
            insert(maintenance),
            id=planned.id,
            team=planned.team,
            prefix=planned.prefix,
            begins=planned.begins,
            ends=planned.ends,
            set_by=planned.by,
        )

    async def in_maintenance(self, group: Grouping, now: datetime) -> bool:
        return bool(await self._value(_IN_MAINTENANCE, the_team=group.team, the_key=group.key, now=now))

    async def plan_mail(self, mail: AlertMail) -> None:
        await self._run(insert(alert_mails).on_conflict_do_nothing(), **asdict(mail))

    async def take_mail(self, mail_id: UUID, *, now: datetime, until: datetime) -> AlertMail | None:
        row = await self._one(_TAKE_MAIL, mail=mail_id, now=now, until=until)
        return _to_mail(row) if row else None

    async def set_mail(self, mail_id: UUID, state: MailState, *, due: datetime, error: str = "") -> None:
        await self._run(_SET_MAIL, mail=mail_id, new_state=state, new_due=due, new_error=error)

    async def due_mails(self, now: datetime) -> Sequence[UUID]:
        return [row.id for row in await self._all(_DUE_MAILS, now=now)]


def _row(incident: Incident) -> dict[str, Any]:
    readings = [{**asdict(reading), "facts": dict(reading.facts)} for reading in incident.readings]
    return {**asdict(incident), "readings": readings}


def _to_incident(row: Row[Any]) -> Incident:
    plain = row._asdict()
    levels = {name: Level(plain[name]) for name in ("level", "peak", "held_level", "mailed_level")}
    readings = tuple(Reading(**{**given, "level": Level(given["level"])}) for given in row.readings)
    return Incident(**{**plain, **levels, "state": IncidentState(row.state), "readings": readings})


def _to_mail(row: Row[Any]) -> AlertMail:
    return AlertMail(row.id, row.incident_id, row.number, MailState(row.state), row.attempts, row.due)
