"""What Slack says about our place in the workspace: a revoked token, an uninstalled app."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from handlers.routes import Envelope, Event, Route

log = structlog.get_logger()


class AccessHandlers:
    """`granted` turns False when the workspace takes our access away; only a new start asks again."""

    def __init__(self, bot_user: str) -> None:
        self._bot_user = bot_user
        self.granted = True

    def routes(self) -> Iterable[Route]:
        yield Event("app_uninstalled", self.lost)
        yield Event("tokens_revoked", self.revoked)

    async def lost(self, envelope: Envelope) -> None:
        self.granted = False
        log.error("slack.access_lost", reason=envelope.type, team=envelope.team)

    async def revoked(self, envelope: Envelope) -> None:
        """People's own tokens end too; only the bot's concerns us."""
        bots = (envelope.event.get("tokens") or {}).get("bot") or []
        if not bots or self._bot_user in bots:
            await self.lost(envelope)
