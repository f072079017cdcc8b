"""Keeps an eye on what the app asks of the AI providers, for the inspector and for waiting tests."""

import time
from collections.abc import Callable
from contextlib import suppress

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.clock import Clock
from sandbox.providers.house import BODY
from sandbox.state.models import Json
from sandbox.traffic import Traffic

_PATHS = ("/anthropic/", "/openai/")
_SHOWN_BYTES = 65_536


def provider_watch(clock: Clock, traffic: Traffic, on_answer: Callable[[], None]) -> Middleware:
    @web.middleware
    async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(_PATHS):
            return await handler(request)
        started, at, status = time.perf_counter(), clock.now(), 0
        try:
            response = await handler(request)
            status = response.status
            return response
        finally:
            took = (time.perf_counter() - started) * 1000
            traffic.record(at, "app→provider", request.path, _asked(request), None, status, took)
            on_answer()

    return watch


def _asked(request: web.Request) -> Json:
    """The question, when the handler has read it and it is short enough to show."""
    body = request.get(BODY) or request._read_bytes or b""  # noqa: SLF001 - reading it anew would wait on a cut connection
    if len(body) <= _SHOWN_BYTES:
        with suppress(ValueError):
            found = orjson.loads(body)
            return found if isinstance(found, dict) else {"bytes": len(body)}
    return {"bytes": len(body)}
