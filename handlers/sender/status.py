"""The native "working" row: agent sessions, the older thread status, or nothing. Never raises."""

from __future__ import annotations

from typing import Any

import structlog

from handlers.sender import codes
from handlers.sender.capabilities import Capabilities
from handlers.sender.gate import SlackCalls, SlackRefused
from handlers.sender.stream import SESSIONS
from handlers.sender.target import target_of
from services.entities.conversations import Place
from services.entities.turns import Claim
from services.errors import SlackUnavailable

log = structlog.get_logger(__name__)

THREADS = "assistant.threads.setStatus"
TITLE_LENGTH = 80
THINKING = "is thinking…"


class Status:
    def __init__(self, calls: SlackCalls, able: Capabilities) -> None:
        self._calls = calls
        self._able = able

    async def working(self, claim: Claim) -> None:
        try:
            target = target_of(claim)
        except ValueError:
            return
        session = {
            "status": "processing",
            "initiator_user_id": target.user,
            **_title(claim, target.thread_ts),
        }
        await self._set(target.place, session, THINKING)

    async def idle(self, place: Place) -> None:
        if place.thread_ts is not None:
            await self._set(place, {"status": "active"}, "")

    async def _set(self, place: Place, session: dict[str, Any], line: str) -> None:
        where = {"channel_id": place.channel, "thread_ts": place.thread_ts}
        if not await self._try(place.team, SESSIONS, {**where, **session}):
            await self._try(place.team, THREADS, {**where, "status": line})

    async def _try(self, team: str, method: str, body: dict[str, Any]) -> bool:
        """Whether the workspace has the method; a failure of one call does not mean that it lacks it."""
        if not self._able.has(team, method):
            return False
        try:
            await self._calls.send(team, method, body, repeat=True)
        except SlackRefused as error:
            log.info("status.refused", method=method, code=error.code)
            if codes.is_missing(error.code):
                self._able.missing(team, method)
                return False
        except SlackUnavailable as error:
            log.warning("status.failed", method=method, code=error.code)
        return True


def _title(claim: Claim, thread_ts: str) -> dict[str, str]:
    """A session is named by its first question."""
    asked = claim.questions[0] if claim.questions else None
    if asked is None or asked.ts not in (None, thread_ts):
        return {}
    words = " ".join(asked.text.split())
    short = words if len(words) <= TITLE_LENGTH else words[:TITLE_LENGTH].rsplit(" ", 1)[0] + "…"
    return {"title": short} if short else {}
