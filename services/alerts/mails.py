"""The emails about incidents: planned with the decision, counted before each try, given up after many."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import structlog

from services.entities.alerts import AlertMail, IncidentView, MailState
from services.errors import MailUnavailable
from services.ports.alerts import Mail, Mailer
from services.ports.clock import Checkpoint, Clock
from services.ports.work import UnitOfWorkFactory

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 10
FIRST_REST, LONGEST_REST = timedelta(minutes=1), timedelta(hours=2)
TAKEN_FOR = timedelta(minutes=3)
"""Longer than a try lasts; after a crash in between, the same mail is sent again under the same id."""

Look = Callable[[UUID], Awaitable[IncidentView]]
Compose = Callable[[UUID, IncidentView], Mail]


class AlertMails:
    """`look` finds what an incident is like now, `compose` the words for it."""

    def __init__(
        self,
        uow: UnitOfWorkFactory,
        mailer: Mailer,
        look: Look,
        compose: Compose,
        clock: Clock,
        checkpoint: Checkpoint,
    ) -> None:
        self._uow = uow
        self._mailer = mailer
        self._look = look
        self._compose = compose
        self._clock = clock
        self._checkpoint = checkpoint

    async def send(self, mail_id: UUID) -> None:
        """One try, unless it is sent already, given up, or another process is at it."""
        now = self._clock.now()
        async with self._uow(atomic=False) as uow:
            taken = await uow.incidents.take_mail(mail_id, now=now, until=now + TAKEN_FOR)
        if taken is None:
            return
        mail = self._compose(mail_id, await self._look(taken.incident_id))
        try:
            await self._mailer.send(mail)
        except MailUnavailable as error:
            await self._failed(taken, error)
            return
        self._checkpoint("alert.mailed")
        await self._note(taken, MailState.SENT)

    async def _failed(self, taken: AlertMail, error: MailUnavailable) -> None:
        hopeless = error.permanent or taken.attempts >= MOST_ATTEMPTS
        state = MailState.GIVEN_UP if hopeless else MailState.WAITING
        say = log.error if hopeless else log.warning
        say("alert.not_mailed", incident=str(taken.incident_id), reason=error.detail, attempt=taken.attempts)
        rest = min(FIRST_REST * 2 ** (taken.attempts - 1), LONGEST_REST)
        await self._note(taken, state, rest, error.detail)

    async def _note(
        self, taken: AlertMail, state: MailState, rest: timedelta = timedelta(0), error: str = ""
    ) -> None:
        async with self._uow(atomic=False) as uow:
            await uow.incidents.set_mail(taken.id, state, due=self._clock.now() + rest, error=error)
