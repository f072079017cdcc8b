"""Incidents in Slack: one message each, in the alert channel, or with each owner where that is closed to us."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid5

import structlog

from handlers.blocks import alerts as blocks
from handlers.sender import codes
from handlers.sender.bulletins import Bulletins, Content, Render
from handlers.sender.gate import SlackRefused
from services.entities.alerts import Incident
from services.entities.conversations import Place
from services.entities.people import Actor
from services.ports.alerts import View

log = structlog.get_logger(__name__)

CHANNEL, OWNERS = "channel", "owners"
CLOSED = codes.HOPELESS - {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}


class SlackIncidents:
    """`channel` may be empty: then the owners hear of it."""

    def __init__(self, bulletins: Bulletins, channel: str, owners: Sequence[str], workspace_url: str) -> None:
        self._bulletins = bulletins
        self._channel = channel
        self._owners = owners
        self._workspace_url = workspace_url

    async def show(self, incident: Incident, view: View) -> str:
        """Where it was shown first it stays, while it can."""
        if self._channel and incident.place != OWNERS:
            try:
                await self._in_channel(incident, view)
                return CHANNEL
            except SlackRefused as error:
                if error.code not in CLOSED:
                    raise
                log.warning("alert.channel_closed", channel=self._channel, code=error.code)
        await self._to_owners(incident, view)
        return OWNERS

    async def _in_channel(self, incident: Incident, view: View) -> None:
        await self._bulletins.keep(incident.id, Place(incident.team, self._channel), self._render(view))

    async def _to_owners(self, incident: Incident, view: View) -> None:
        """Each by themselves: one who can't be reached keeps it from nobody else."""
        reached = 0
        for owner in self._owners:
            try:
                await self._bulletins.keep(
                    uuid5(incident.id, owner), Actor(incident.team, owner), self._render(view)
                )
                reached += 1
            except SlackRefused as error:
                log.warning("alert.owner_not_reached", user=owner, code=error.code)
        if not reached:
            log.warning("alert.nobody_to_tell", incident=str(incident.id))
            raise SlackRefused("chat.postMessage", "nobody_to_tell")

    def _render(self, view: View) -> Render:
        async def content() -> Content:
            seen = await view()
            return blocks.summary(seen.incident), blocks.incident(seen, self._workspace_url)

        return content
