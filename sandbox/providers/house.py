"""What both providers share: the brain, the books, the caches and the troubles."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import orjson
from aiohttp import web

from sandbox.providers.brain import Brain
from sandbox.providers.caching import PrefixCache
from sandbox.providers.faults import Fault, Faults, Provider
from sandbox.providers.ledger import Ledger, Refused

LARGEST_BODY = 32 * 2**20
TURNED_AWAY = frozenset({"status", "refuse"})


class Refusal(Exception):
    """A request that is answered with an error. `kind` is the wire's error type."""

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        model: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message
        self.code = code
        self.param = param
        self.model = model
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.retry_after is None else {"retry-after": f"{self.retry_after:g}"}


class Dropped(Exception):
    """The connection is to be dropped without a word."""

    def __init__(self, model: str | None) -> None:
        super().__init__(model)
        self.model = model


class House:
    def __init__(self, seed: int, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.brain = Brain(seed)
        self.ledger = Ledger()
        self.faults = Faults()
        self.cache: dict[Provider, PrefixCache] = {
            "anthropic": PrefixCache(clock),
            "openai": PrefixCache(clock),
        }
        self.speed = 0.0
        self.batch_delay = 0.0
        self.says = ""

    def reset(self) -> None:
        self.ledger.reset()
        self.faults.clear()
        for cache in self.cache.values():
            cache.reset()

    def refused(self, request_id: str, provider: Provider, refusal: Refusal) -> None:
        error = refusal.code or refusal.kind
        self._refuse(Refused(request_id, provider, refusal.model, refusal.status, error, self.clock()))

    def dropped(self, request_id: str, provider: Provider, dropped: Dropped) -> None:
        self._refuse(Refused(request_id, provider, dropped.model, 0, "dropped", self.clock()))

    def _refuse(self, refused: Refused) -> None:
        self.ledger.refused.append(refused)


def new_id(prefix: str) -> str:
    """Random on purpose: answers repeat with the seed, ids must not, since readers keep them as keys."""
    return prefix + secrets.token_hex(12)


BODY = web.RequestKey("provider_body", bytes)
"""What was read of a request, for whoever watches the traffic."""


async def read_body(request: web.Request) -> bytes:
    """The whole body; over 32 MiB a Refusal. The application's own, smaller limit does not apply."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise Refusal(413, "request_too_large", "Request exceeds the maximum size")
    request[BODY] = bytes(body)
    return request[BODY]


def parse_object(raw: bytes) -> dict[str, Any] | None:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return body if isinstance(body, dict) else None


def drop(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.close()
    return web.Response(status=499)


def turns_away(fault: Fault | None, *, streamed: bool) -> bool:
    """Errors inside a stream have no place in an answer that is not streamed: there they are plain errors."""
    return fault is not None and (fault.kind in TURNED_AWAY or (fault.kind == "error_event" and not streamed))
