"""The control API of the providers: their ledger, faults and speed, for tests and for people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import orjson
from aiohttp import web
from pydantic import Field, ValidationError

from sandbox.providers.faults import PROVIDERS, Fault, Kind, Provider
from sandbox.providers.house import House, parse_object, read_body
from sandbox.providers.wire import Wire

PAGE = 200


class FaultOrder(Wire):
    """`standing` keeps the fault until another order clears it; `clear` takes away all there are first."""

    provider: Provider
    kind: Kind | None = None
    status: int = 500
    at: int = Field(default=0, ge=0)
    seconds: float | None = None
    retry_after: float | None = None
    error: str | None = None
    model: str | None = None
    times: int = Field(default=1, ge=1, le=10_000)
    standing: bool = False
    clear: bool = False


class SpeedOrder(Wire):
    tokens_per_second: float = Field(ge=0)


class BatchOrder(Wire):
    delay: float = Field(ge=0)
    """Seconds that a batch takes."""


class Control:
    def __init__(self, house: House, reset: Callable[[], None]) -> None:
        self._house = house
        self._reset = reset

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/providers/ledger", self.ledger),
            web.get("/control/providers/faults", self.faults),
            web.post("/control/providers/faults", self.order_fault),
            web.get("/control/providers/speed", self.speed),
            web.post("/control/providers/speed", self.set_speed),
            web.get("/control/providers/batches", self.batches),
            web.post("/control/providers/batches", self.set_batches),
            web.post("/control/providers/reset", self.reset),
        ]

    async def ledger(self, request: web.Request) -> web.Response:
        """The newest entries last; `?provider=`, `?limit=` (200) and `?bodies=1` choose what is shown."""
        query, books = request.query, self._house.ledger
        limit = int(query.get("limit", PAGE)) if query.get("limit", str(PAGE)).isdecimal() else PAGE
        paid = [each for each in books if query.get("provider", each.provider) == each.provider]
        hidden = {} if query.get("bodies") == "1" else {"body": None}
        return _json(
            {
                "ok": True,
                "count": len(paid),
                "totals": _totals(paid),
                "paid": [
                    {**asdict(each), "cut": each.cut, **hidden} for each in paid[max(0, len(paid) - limit) :]
                ],
                "refused": [asdict(each) for each in books.refused][-limit:],
            }
        )

    async def faults(self, _request: web.Request) -> web.Response:
        return _json({"ok": True, "faults": self._shown()})

    async def order_fault(self, request: web.Request) -> web.Response:
        try:
            order = FaultOrder.model_validate(parse_object(await read_body(request)))
        except ValidationError as error:
            return _wrong(error)
        if order.clear:
            self._house.faults.clear(order.provider)
        if order.kind is not None:
            self._apply(order, order.kind)
        return _json({"ok": True, "faults": self._shown()})

    async def speed(self, _request: web.Request) -> web.Response:
        return _json({"ok": True, "tokens_per_second": self._house.speed})

    async def set_speed(self, request: web.Request) -> web.Response:
        try:
            order = SpeedOrder.model_validate(parse_object(await read_body(request)))
        except ValidationError as error:
            return _wrong(error)
        self._house.speed = order.tokens_per_second
        return await self.speed(request)

    async def batches(self, _request: web.Request) -> web.Response:
        return _json({"ok": True, "delay": self._house.batch_delay})

    async def set_batches(self, request: web.Request) -> web.Response:
        try:
            order = BatchOrder.model_validate(parse_object(await read_body(request)))
        except ValidationError as error:
            return _wrong(error)
        self._house.batch_delay = order.delay
        return await self.batches(request)

    async def reset(self, _request: web.Request) -> web.Response:
        self._reset()
        return _json({"ok": True})

    def _apply(self, order: FaultOrder, kind: Kind) -> None:
        fault = Fault(
            kind, order.status, order.at, order.seconds, order.retry_after, order.error, order.model
        )
        if order.standing:
            self._house.faults.stand(order.provider, fault)
        else:
            self._house.faults.push(order.provider, fault, times=order.times)

    def _shown(self) -> dict[str, Any]:
        faults = self._house.faults
        return {
            provider: {
                "queued": [asdict(fault) for fault in faults.pending(provider)],
                "standing": asdict(standing) if (standing := faults.standing(provider)) else None,
            }
            for provider in PROVIDERS
        }


def _totals(paid: list[Any]) -> dict[str, int]:
    names = ("input_tokens", "cached_tokens", "cache_write_tokens", "output_tokens")
    return {name: sum(getattr(each, name) for each in paid) for name in names}


def _wrong(error: ValidationError) -> web.Response:
    first = error.errors(include_url=False)[0]
    text = f"{'.'.join(map(str, first['loc'])) or 'body'}: {first['msg']}"
    return _json({"ok": False, "error": "invalid_arguments", "text": text}, 400)


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")
