"""One accepted request, from its entry in the ledger to its last byte."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from sandbox.providers import delivery
from sandbox.providers.caching import Plan
from sandbox.providers.delivery import Pace, Script
from sandbox.providers.house import House
from sandbox.providers.ledger import Paid


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


async def deliver(house: House, request: web.Request, sale: Sale) -> web.StreamResponse:
    paid = house.ledger.record(sale.paid)
    house.cache[paid.provider].commit(sale.plan)
    complete = False
    try:
        response, complete = await _send(request, sale)
        return response
    finally:
        paid.status = "finished" if complete else "cut"
        paid.stop = sale.stop if complete else None
        paid.finished = house.clock()


async def _send(request: web.Request, sale: Sale) -> tuple[web.StreamResponse, bool]:
    if sale.paid.streamed:
        return await delivery.stream(request, sale.script(), sale.paid, sale.pace, sale.headers)
    complete = sale.pace.even or await delivery.hold(request, sale.tokens, sale.paid, sale.pace)
    if not complete:
        return web.Response(status=499), False
    sale.paid.output_tokens = sale.tokens
    return web.Response(body=sale.whole(), headers={**sale.headers, "content-type": "application/json"}), True
