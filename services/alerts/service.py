"""What checks report, decided by one process at a time; what people decide about it; what is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import structlog
from uuid_utils.compat import uuid7

from services.alerts import machine
from services.entities.alerts import (
    AlertMail,
    Grouping,
    Incident,
    IncidentState,
    IncidentView,
    MailState,
    Maintenance,
    Pause,
    Reading,
    Rules,
)
from services.entities.people import Actor
from services.errors import NotFound, SlackUnavailable
from services.people import PeopleService
from services.policy import Policy
from services.ports.alerts import IncidentPresenter
from services.ports.clock import Checkpoint, Clock
from services.ports.work import UnitOfWork, UnitOfWorkFactory

log = structlog.get_logger(__name__)

SHOW_TASK, MAIL_TASK = "alerts.show", "alerts.mail"
SNOOZE = timedelta(hours=1)
LONGEST_MAINTENANCE = timedelta(days=7)
DEFAULT = Rules()

Change = Callable[[Incident, datetime], Incident]


class AlertService:
    """`rules` by the first part of a group's key ("cost" of "cost:person:U1"). `mails`: whether any go out."""

    def __init__(
        self,
        uow: UnitOfWorkFactory,
        presenter: IncidentPresenter,
        people: PeopleService,
        policy: Policy,
        clock: Clock,
        checkpoint: Checkpoint,
        rules: Mapping[str, Rules],
        *,
        mails: bool,
    ) -> None:
        self._uow = uow
        self._presenter = presenter
        self._people = people
        self._policy = policy
        self._clock = clock
        self._checkpoint = checkpoint
        self._rules = rules
        self._mails = mails

    # -- what checks say -----------------------------------------------------------------------

    async def report(self, group: Grouping, readings: Sequence[Reading], *, whole: bool = False) -> None:
        """`whole`: these are all checks of the group; others are well."""
        now = self._clock.now()
        async with self._uow() as uow:
            await uow.incidents.lock(group)
            await uow.incidents.report(group, readings, now, whole=whole)
            await self._decide(uow, group, now)
            await uow.commit()
        self._checkpoint("alert.decided")

    async def report_all(self, team: str, prefix: str, found: Mapping[str, Sequence[Reading]]) -> None:
        """All that is bad below `prefix`, by the key of its group: every other group there is well."""
        async with self._uow(atomic=False) as uow:
            known = await uow.incidents.groups(team, prefix)
        for key in sorted(found.keys() | {group.key for group in known}):
            await self.report(Grouping(team, key), found.get(key, ()), whole=True)

    async def sweep(self) -> None:
        """What time alone changes."""
        async with self._uow(atomic=False) as uow:
            waiting = await uow.incidents.unresolved()
        for incident in waiting:
            await self._reconsider(Grouping(incident.team, incident.key))

    async def _reconsider(self, group: Grouping) -> None:
        async with self._uow() as uow:
            await uow.incidents.lock(group)
            await self._decide(uow, group, self._clock.now())
            await uow.commit()

    async def wake(self) -> None:
        """What a crash, a closed channel or a silent mail server left unshown or unsent."""
        async with self._uow() as uow:
            for incident_id in await uow.incidents.unshown():
                await uow.enqueue(SHOW_TASK, incident=str(incident_id))
            for mail_id in await uow.incidents.due_mails(self._clock.now()):
                await uow.enqueue(MAIL_TASK, mail=str(mail_id))
            await uow.commit()

    async def _decide(self, uow: UnitOfWork, group: Grouping, now: datetime) -> None:
        rules = self._rules_of(group)
        known = await uow.incidents.latest(group)
        readings = await uow.incidents.readings(group, now - rules.stale_after)
        quiet = await uow.incidents.in_maintenance(group, now)
        seen = machine.observed(known, group, readings, now=now, rules=rules, new_id=uuid7, quiet=quiet)
        if seen is not None:
            await self._store(uow, known, seen, now)
        elif known is not None and known.state is IncidentState.PENDING:
            await uow.incidents.drop(known.id)

    async def _store(self, uow: UnitOfWork, known: Incident | None, seen: Incident, now: datetime) -> None:
        if seen == known:
            return
        await uow.incidents.save(seen)
        before = known if known is not None and known.id == seen.id else None
        if seen.version > (before.version if before else 0):
            log.info("alert.changed", incident=str(seen.id), state=str(seen.state), level=int(seen.level))
            await uow.enqueue(SHOW_TASK, incident=str(seen.id))
        if self._mails and seen.mails > (before.mails if before else 0):
            mail_id = uuid5(seen.id, f"mail {seen.mails}")
            await uow.incidents.plan_mail(AlertMail(mail_id, seen.id, seen.mails, MailState.WAITING, 0, now))
            await uow.enqueue(MAIL_TASK, mail=str(mail_id))

    def _rules_of(self, group: Grouping) -> Rules:
        return self._rules.get(group.key.partition(":")[0], DEFAULT)

    # -- what people decide --------------------------------------------------------------------

    async def open(self, actor: Actor) -> Sequence[Incident]:
        """The newest first. Raises NotAllowed, as everything below does."""
        await self._allow(actor)
        async with self._uow(atomic=False) as uow:
            return await uow.incidents.open(actor.team)

    async def find(self, actor: Actor, ending: str) -> Incident:
        """An open one by the end of its id. Raises NotFound."""
        found = [one for one in await self.open(actor) if str(one.id).endswith(ending.lower())]
        if len(found) != 1 or not ending:
            raise NotFound("alert")
        return found[0]

    async def acknowledge(self, actor: Actor, incident_id: UUID) -> Incident:
        """As it is then: somebody else may have been first, or it may be over."""
        return await self._by(
            actor, incident_id, lambda known, now: machine.acknowledged(known, actor.user, now)
        )

    async def snooze(self, actor: Actor, incident_id: UUID, lasting: timedelta = SNOOZE) -> Incident:
        return await self._by(
            actor, incident_id, lambda known, now: machine.snoozed(known, actor.user, now, now + lasting)
        )

    async def touch(self, incident_id: UUID) -> None:
        """What is shown beside it has changed."""
        await self._change(incident_id, lambda known, _: machine.changed(known))

    async def maintain(self, actor: Actor, prefix: str, lasting: timedelta) -> Maintenance:
        """From now on, and for a week at most."""
        await self._allow(actor)
        now = self._clock.now()
        ends = now + min(lasting, LONGEST_MAINTENANCE)
        planned = Maintenance(uuid7(), actor.team, prefix, now, ends, actor.user)
        async with self._uow() as uow:
            await uow.incidents.add_maintenance(planned)
            await uow.commit()
        return planned

    async def _by(self, actor: Actor, incident_id: UUID, change: Change) -> Incident:
        await self._allow(actor)
        return await self._change(incident_id, change, team=actor.team)

    async def _change(self, incident_id: UUID, change: Change, team: str = "") -> Incident:
        now = self._clock.now()
        async with self._uow() as uow:
            found = await uow.incidents.incident(incident_id)
            if found is None or (team and found.team != team):
                raise NotFound("alert")
            await uow.incidents.lock(Grouping(found.team, found.key))
            known = await uow.incidents.incident(incident_id) or found
            seen = change(known, now)
            await self._store(uow, known, seen, now)
            await uow.commit()
        return seen

    async def _allow(self, actor: Actor) -> None:
        self._policy.check(await self._people.person(actor), "alerts.manage")

    # -- what is shown -------------------------------------------------------------------------

    async def show(self, incident_id: UUID) -> None:
        """Bring its one message up to date; again is harmless. What nobody can be shown now is tried later."""
        versions: list[int] = []

        async def view() -> IncidentView:
            found = await self.view(incident_id)
            versions.append(found.incident.version)
            return found

        try:
            place = await self._presenter.show((await self.view(incident_id)).incident, view)
        except SlackUnavailable as error:
            if not error.permanent:
                raise
            log.warning("alert.not_shown", incident=str(incident_id), code=error.code)
            return
        self._checkpoint("alert.shown")
        async with self._uow(atomic=False) as uow:
            await uow.incidents.set_shown(incident_id, min(versions), place)

    async def view(self, incident_id: UUID) -> IncidentView:
        """Raises NotFound."""
        async with self._uow(atomic=False) as uow:
            found = await uow.incidents.incident(incident_id)
            if found is None:
                raise NotFound("alert")
            pauses = await uow.pauses.active(found.team, self._clock.now())
        return IncidentView(found, tuple(pause for pause in pauses if concerns(found, pause)))


def concerns(incident: Incident, pause: Pause) -> bool:
    return any(reading.facts.get(pause.kind) == pause.subject for reading in incident.readings)
