"""The durable inbox: an event is stored before Slack is told that it arrived.

It stands in Bolt's `before_authorize`: after the signature check, before anything that could fail for
another reason than our own database. What is not stored is not acknowledged: any answer but 200 makes
Slack deliver the event again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from prometheus_client import Counter, Histogram
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.metrics import Metrics
from handlers.routes import Envelope, Event
from services.errors import StorageUnavailable

log = structlog.get_logger()


MEMBERSHIP = frozenset({"member_joined_channel", "member_left_channel"})


class Inbox(AsyncMiddleware):
    """Answers every event itself; commands and interactions go on to Bolt's listeners."""

    def __init__(self, events: Mapping[str, Event], bot_user: str, bot_id: str, metrics: Metrics) -> None:
        self._events = events
        self._ours = frozenset({bot_user, bot_id}) - {""}
        self._received: Counter = metrics.events
        self._seconds: Histogram = metrics.event_seconds

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - Bolt passes it by name
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002
    ) -> BoltResponse:
        if req.body.get("type") != "event_callback":
            return await next()
        with self._seconds.time():
            return BoltResponse(status=await self._status(req.body), body="")

    async def _status(self, body: Mapping[str, Any]) -> int:
        try:
            await self.take(body)
        except StorageUnavailable:
            log.warning("inbox.storage_away")
            return self._failed(503)
        except Exception:
            log.exception("inbox.not_taken")
            return self._failed(400)
        return 200

    def _failed(self, status: int) -> int:
        self._received.labels("failed").inc()
        return status

    async def take(self, body: Mapping[str, Any]) -> None:
        """Store what one event calls for; what nobody handles, and what we said ourselves, is passed over."""
        event = body.get("event") or {}
        route = self._events.get(str(event.get("type", "")))
        if route is None or self._is_own(event):
            self._received.labels("passed").inc()
            return
        await route.run(Envelope(str(body["team_id"]), str(body["event_id"]), event))
        self._received.labels("taken").inc()

    def _is_own(self, event: Mapping[str, Any]) -> bool:
        """Where we go ourselves is news: who is there may then see what we may."""
        if event.get("type") in MEMBERSHIP:
            return False
        return any(
            event.get(name) in self._ours for name in ("bot_id", "user") if isinstance(event.get(name), str)
        )
