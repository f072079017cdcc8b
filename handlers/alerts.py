"""Alerts at the desk: what is open, who looks after it, for whom AI is paused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from handlers.blocks import alerts as blocks
from handlers.routes import Button, Call, Command, Press, Route, Task
from handlers.sender.replies import SlackReplies
from services.alerts import AlertMails, AlertService
from services.alerts.service import LONGEST_MAINTENANCE, MAIL_TASK, SHOW_TASK, SNOOZE
from services.entities.alerts import Incident, IncidentState
from services.errors import BadArgument
from services.pauses import PausesService

SWEEP_TASK, WAKE_TASK = "alerts.sweep", "alerts.wake"
USAGE = "/ops alerts [ack ID] [snooze ID 2h] [quiet 2h]"
_SPAN = re.compile(r"(\d{1,4})(m|h|d)")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_WORDS = {"ack": 1, "snooze": 2, "quiet": 1}


class AlertHandlers:
    def __init__(
        self, alerts: AlertService, mails: AlertMails, pauses: PausesService, replies: SlackReplies
    ) -> None:
        self._alerts = alerts
        self._mails = mails
        self._pauses = pauses
        self._replies = replies

    def routes(self) -> Iterable[Route]:
        yield Command(
            "ops",
            "alerts",
            self.alerts,
            "open alerts: look after one, snooze it, quiet all",
            USAGE.removeprefix("/ops "),
            takes,
        )
        yield Button("alerts.acknowledge", self.acknowledge)
        yield Button("alerts.snooze", self.snooze)
        yield Button("alerts.pause", self.pause)
        yield Button("alerts.resume", self.resume)
        yield Task(SHOW_TASK, self.show)
        yield Task(MAIL_TASK, self.mail)
        yield Task(SWEEP_TASK, self.sweep)
        yield Task(WAKE_TASK, self.wake)

    # -- commands ------------------------------------------------------------------------------

    async def alerts(self, call: Call) -> None:
        word, *rest = call.args.lower().split() or [""]
        match word:
            case "ack":
                known = await self._alerts.find(call.actor, rest[0])
                seen = await self._alerts.acknowledge(call.actor, known.id)
                await self._replies.show(call.to, outcome(seen, call.actor.user))
            case "snooze":
                known = await self._alerts.find(call.actor, rest[0])
                seen = await self._alerts.snooze(call.actor, known.id, span_of(rest[1:]) or SNOOZE)
                await self._replies.show(call.to, outcome(seen, call.actor.user))
            case "quiet":
                await self._quiet(call, span_of(rest) or SNOOZE)
            case _:
                open_ones = await self._alerts.open(call.actor)
                await self._replies.show(call.to, "Open alerts", blocks.open_list(open_ones))

    async def _quiet(self, call: Call, lasting: timedelta) -> None:
        planned = await self._alerts.maintain(call.actor, "", lasting)
        text = "Nothing new is told of until then; what is open stays open"
        await self._replies.show(call.to, text, blocks.quiet(planned))

    # -- buttons -------------------------------------------------------------------------------

    async def acknowledge(self, press: Press) -> None:
        seen = await self._alerts.acknowledge(press.actor, UUID(press.value))
        await self._tell(press, seen, IncidentState.ACKNOWLEDGED)

    async def snooze(self, press: Press) -> None:
        seen = await self._alerts.snooze(press.actor, UUID(press.value))
        await self._tell(press, seen, IncidentState.ACKNOWLEDGED)

    async def _tell(self, press: Press, seen: Incident, meant: IncidentState) -> None:
        """The message itself shows what was decided; a word only where it does not."""
        own = seen.state is meant and seen.held_by == press.actor.user
        if not own or press.message.get("ts") is None or is_ephemeral(press):
            await self._replies.show(press.beside, outcome(seen, press.actor.user))

    async def pause(self, press: Press) -> None:
        incident, kind, subject = press.value.split("|")
        await self._pauses.pause(press.actor, kind, subject)
        await self._alerts.touch(UUID(incident))

    async def resume(self, press: Press) -> None:
        incident, kind, subject = press.value.split("|")
        if not await self._pauses.resume(press.actor, kind, subject):
            await self._replies.show(press.beside, "That pause is over already.")
        await self._alerts.touch(UUID(incident))

    # -- in the background ---------------------------------------------------------------------

    async def show(self, incident: str) -> None:
        await self._alerts.show(UUID(incident))

    async def mail(self, mail: str) -> None:
        await self._mails.send(UUID(mail))

    async def sweep(self) -> None:
        await self._alerts.sweep()

    async def wake(self) -> None:
        await self._alerts.wake()


def takes(args: str) -> bool:
    """Raises BadArgument, which says more than a no."""
    words = args.lower().split()
    if not words:
        return True
    if words[0] not in _WORDS or len(words) - 1 > _WORDS[words[0]]:
        raise BadArgument(f"`{args[:40]}` is not something I can do with alerts", USAGE)
    if words[0] in {"ack", "snooze"} and len(words) < 2:
        raise BadArgument(f"`{words[0]}` needs the six letters that stand below the alert", USAGE)
    span_of(words[1:] if words[0] == "quiet" else words[2:])
    return True


def span_of(words: list[str]) -> timedelta | None:
    """`2h`, `30m`, `1d`; None where nothing is said. Raises BadArgument."""
    if not words:
        return None
    found = _SPAN.fullmatch(words[0])
    lasting = int(found[1]) * _UNITS[found[2]] if found else timedelta(0)
    if not timedelta(0) < lasting <= LONGEST_MAINTENANCE:
        raise BadArgument(
            f"`{words[0][:20]}` is not a time like `30m`, `2h` or `1d`, of a week at most", USAGE
        )
    return lasting


def outcome(seen: Incident, user: str) -> str:
    if seen.state is IncidentState.RESOLVED:
        return "That is over already; nothing is left to look after."
    if seen.held_by != user:
        return f"<@{seen.held_by}> looks after it already."
    return "Snoozed. I come back to it then." if seen.snoozed_until else "Acknowledged. It is yours now."


def is_ephemeral(press: Press) -> bool:
    return bool(press.message.get("is_ephemeral"))
