"""What Slack says about places in the workspace: a revoked token, an uninstalled app, a person deactivated."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from handlers.routes import Envelope, Event, Route
from services.entities.people import Actor
from services.people import PeopleService

log = structlog.get_logger()


class Access:
    """`granted` turns False when the workspace takes our access away; only a new start asks again."""

    def __init__(self) -> None:
        self.granted = True

    def lost(self, reason: str) -> None:
        if self.granted:
            log.error("slack.access_lost", reason=reason)
        self.granted = False


class AccessHandlers:
    def __init__(self, access: Access, people: PeopleService, bot_user: str) -> None:
        self._access = access
        self._people = people
        self._bot_user = bot_user

    def routes(self) -> Iterable[Route]:
        yield Event("app_uninstalled", self.lost)
        yield Event("tokens_revoked", self.revoked)
        yield Event("user_change", self.changed)

    async def lost(self, envelope: Envelope) -> None:
        self._access.lost(envelope.type)

    async def revoked(self, envelope: Envelope) -> None:
        """People's own tokens end too; only the bot's concerns us."""
        bots = (envelope.event.get("tokens") or {}).get("bot") or []
        if not bots or self._bot_user in bots:
            await self.lost(envelope)

    async def changed(self, envelope: Envelope) -> None:
        await self._people.changed(Actor(envelope.team, str(envelope.event["user"]["id"])))
