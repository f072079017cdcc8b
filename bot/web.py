"""The program's one port: Slack's events in HTTP mode, health, readiness, metrics."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from ipaddress import ip_address

import orjson
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.config import Settings
from bot.manifest import EVENTS_PATH
from bot.metrics import Metrics
from bot.slack import BODY_LIMIT

Checks = Callable[[], Awaitable[Mapping[str, bool]]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Site:
    def __init__(self, settings: Settings, metrics: Metrics, checks: Checks) -> None:
        self._settings = settings
        self._metrics = metrics
        self._checks = checks

    def application(self, events: Handler | None) -> web.Application:
        """`events`: Slack's door, in HTTP mode."""
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_get("/healthz", self.healthy)
        app.router.add_get("/readyz", self.ready)
        app.router.add_get("/metrics", self.figures)
        if events is not None:
            app.router.add_post(EVENTS_PATH, events)
        return app

    async def healthy(self, _: web.Request) -> web.Response:
        """The process runs and its loop turns."""
        return web.Response(text="ok\n")

    async def ready(self, _: web.Request) -> web.Response:
        """Whether work can be done now; 503 with the part that is down."""
        checks = dict(await self._checks())
        ready = all(checks.values())
        self._metrics.ready.set(ready)
        body = orjson.dumps({"ready": ready, "checks": checks})
        return web.Response(body=body, status=200 if ready else 503, content_type="application/json")

    async def figures(self, request: web.Request) -> web.Response:
        if not self._may_read_figures(request):
            return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        return web.Response(
            body=generate_latest(self._metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    def _may_read_figures(self, request: web.Request) -> bool:
        """From this machine itself, not through a proxy on it; from elsewhere with the token."""
        token = self._settings.metrics_token
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token is not None and hmac.compare_digest(given.encode(), token.get_secret_value().encode()):
            return True
        forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
        return not forwarded and request.remote is not None and ip_address(request.remote).is_loopback
