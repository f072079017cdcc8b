"""One accepted request, from its entry in the ledger to its last byte."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from sandbox.providers import delivery
from sandbox.providers.caching import Plan
from sandbox.providers.delivery import Pace, Script
from sandbox.providers.house import House
from sandbox.providers.ledger import Paid, fingerprint, redacted


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a request came: what the ledger keeps of it besides its body. Headers are lowercase, keys hidden."""

    request_id: str
    headers: dict[str, str]
    body_sha: str
    batch: bool = False


@dataclass(frozen=True, slots=True)
class Sale:
    paid: Paid
    plan: Plan
    pace: Pace
    tokens: int
    stop: str
    headers: Mapping[str, str]
    script: Callable[[], Script]
    whole: Callable[[], bytes]
    content_type: str = "application/json"


def envelope(request: web.Request, raw: bytes, request_id: str, *, batch: bool = False) -> Envelope:
    return Envelope(request_id, redacted(request.headers), fingerprint(raw), batch)


async def deliver(house: House, request: web.Request, sale: Sale) -> web.StreamResponse:
    _begin(house, sale)
    complete = False
    try:
        response, complete = await _send(request, sale)
        return response
    finally:
        _finish(house, sale, complete=complete)


def fulfil(house: House, sale: Sale) -> bytes:
    """The whole answer at once, for nobody's connection: a batch's."""
    _begin(house, sale)
    sale.paid.output_tokens = sale.tokens
    _finish(house, sale, complete=True)
    return sale.whole()


def _begin(house: House, sale: Sale) -> None:
    house.ledger.record(sale.paid)
    house.cache[sale.paid.provider].commit(sale.plan)


def _finish(house: House, sale: Sale, *, complete: bool) -> None:
    sale.paid.status = "finished" if complete else "cut"
    sale.paid.stop = sale.stop if complete else None
    sale.paid.finished = house.clock()


async def _send(request: web.Request, sale: Sale) -> tuple[web.StreamResponse, bool]:
    if sale.paid.streamed:
        return await delivery.stream(request, sale.script(), sale.paid, sale.pace, sale.headers)
    complete = sale.pace.even or await delivery.hold(request, sale.tokens, sale.paid, sale.pace)
    if not complete:
        return web.Response(status=499), False
    sale.paid.output_tokens = sale.tokens
    return web.Response(body=sale.whole(), headers={**sale.headers, "content-type": sale.content_type}), True
