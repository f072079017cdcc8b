"""HTTP mode's door before Bolt: nothing that is not Slack's is parsed, let alone dispatched."""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Callable, Mapping

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import Clock, SignatureVerifier

log = structlog.get_logger()

BODY_LIMIT = 2**20
SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
TIMESTAMP = re.compile(r"[1-9][0-9]{9}")
CLOCK_TOLERANCE = 300
TELL_EVERY = 60.0
"""Seconds between two log lines about a clock that is off."""


class EventsGate:
    """Size, encoding and syntax, then the signature; Bolt checks it once more.

    What is refused here has status 401; what Slack's secret has signed and still is no request, 400.
    """

    def __init__(self, app: AsyncApp, signing_secret: str, now: Callable[[], float] = time.time) -> None:
        self._app = app
        self._now = now
        self._verifier = SignatureVerifier(signing_secret, _Clock(now))
        self._told_at = float("-inf")

    async def receive(self, request: web.Request) -> web.Response:
        headers = request.headers
        signature = headers.get("X-Slack-Signature", "")
        timestamp = headers.get("X-Slack-Request-Timestamp", "")
        if not (SIGNATURE.fullmatch(signature) and TIMESTAMP.fullmatch(timestamp)):
            return web.Response(status=401)
        try:
            body = (await request.read()).decode("utf-8")
        except (UnicodeDecodeError, web.HTTPRequestEntityTooLarge, web.RequestPayloadError):
            return web.Response(status=401)
        if not self._verifier.is_valid(body, timestamp, signature):
            self._tell_if_clock_is_off(body, timestamp, signature)
            return web.Response(status=401)
        return await self._dispatch(body, request.query_string, headers)

    async def _dispatch(self, body: str, query: str, headers: Mapping[str, str]) -> web.Response:
        """Whatever Bolt itself stumbles over, reading or dispatching, is not a request of Slack's."""
        try:
            bolt = AsyncBoltRequest(body=body, query=query, headers=dict(headers))
            if not isinstance(bolt.body, dict):
                return web.Response(status=400)
            answer = await self._app.async_dispatch(bolt)
        except Exception as error:
            log.warning("slack.unreadable_request", error=type(error).__name__)
            return web.Response(status=400)
        return await to_aiohttp_response(answer)

    def _tell_if_clock_is_off(self, body: str, timestamp: str, signature: str) -> None:
        """A right signature of another time: this machine's clock is off, or somebody plays Slack's words again."""
        seconds = self._now() - int(timestamp)
        if abs(seconds) <= CLOCK_TOLERANCE or self._now() - self._told_at < TELL_EVERY:
            return
        right = self._verifier.generate_signature(timestamp=timestamp, body=body) or ""
        if hmac.compare_digest(right, signature):
            self._told_at = self._now()
            log.error("slack.clock_off", seconds=round(seconds), reason="set this machine's clock")


class _Clock(Clock):
    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now

    def now(self) -> float:
        return self._now()
