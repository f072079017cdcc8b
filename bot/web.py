"""The program's one port: Slack's events in HTTP mode, health, readiness, metrics."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from ipaddress import ip_address

import orjson
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.config import Settings
from bot.gate import BODY_LIMIT
from bot.manifest import EVENTS_PATH
from bot.metrics import Metrics

Checks = Callable[[], Awaitable[Mapping[str, bool]]]
Measure = Callable[[], Awaitable[None]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PROXIED = ("X-Forwarded-", "X-Real-Ip", "Forwarded", "Via")
"""How the names of headers begin that proxies add."""


class Site:
    """`measure` brings the gauges up to date before they are read."""

    def __init__(self, settings: Settings, metrics: Metrics, checks: Checks, measure: Measure) -> None:
        self._settings = settings
        self._metrics = metrics
        self._checks = checks
        self._measure = measure

    def application(
        self, events: Handler | None, pages: Sequence[web.AbstractRouteDef] = ()
    ) -> web.Application:
        """`events`: Slack's door, in HTTP mode. `pages`: what the features show."""
        app = web.Application(client_max_size=BODY_LIMIT)
        app.add_routes(pages)
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
        body = orjson.dumps({"ready": ready, "checks": checks})
        return web.Response(body=body, status=200 if ready else 503, content_type="application/json")

    async def figures(self, request: web.Request) -> web.Response:
        if not self._may_read_figures(request):
            return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        self._metrics.ready.set(all((await self._checks()).values()))
        await self._measure()
        return web.Response(
            body=generate_latest(self._metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    def _may_read_figures(self, request: web.Request) -> bool:
        """From this machine itself, not through a proxy on it; from elsewhere with the token."""
        return self._has_token(request) or (is_local(request) and not is_proxied(request))

    def _has_token(self, request: web.Request) -> bool:
        token = self._settings.metrics_token
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        return (
            token is not None
            and scheme.lower() == "bearer"
            and hmac.compare_digest(
                given.encode("utf-8", "surrogateescape"), token.get_secret_value().encode()
            )
        )


def is_local(request: web.Request) -> bool:
    """Over a TCP connection from this machine; other transports have no address."""
    return ip_address(request.remote).is_loopback if request.remote else False


def is_proxied(request: web.Request) -> bool:
    return any(name.title().startswith(PROXIED) for name in request.headers)
