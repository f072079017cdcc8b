"""Getting an answer to the client: at once, at a pace, or into trouble on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from sandbox.providers.faults import Fault, Kind
from sandbox.providers.ledger import Paid

LISTEN_EVERY = 0.05
TICK = 0.02
DISTURBING = frozenset({"hang", "slow", "stall", "cut", "error_event"})
SSE = "text/event-stream; charset=utf-8"


class HungUp(ConnectionError):
    """The client has gone."""


@dataclass(frozen=True, slots=True)
class Script:
    """The bytes of a stream; `steps` has one element for every token."""

    head: bytes
    steps: Sequence[bytes]
    tail: bytes
    broken: Callable[[int], bytes]
    """The error event that ends the stream after this many tokens."""

    @property
    def whole(self) -> bytes:
        return b"".join((self.head, *self.steps, self.tail))


@dataclass(frozen=True, slots=True)
class Pace:
    """`speed` is in tokens per second; 0 means at once."""

    speed: float
    fault: Fault | None

    @property
    def even(self) -> bool:
        return not self.speed and (self.fault is None or self.fault.kind not in DISTURBING)

    def pause(self, kind: Kind) -> float | None:
        return self.fault.seconds if self.fault is not None and self.fault.kind == kind else 0.0

    @property
    def breaks(self) -> Kind | None:
        return self.fault.kind if self.fault and self.fault.kind in {"cut", "error_event"} else None

    def legs(self, total: int) -> list[tuple[int, float | None]]:
        """(token, pause after it) in order; a pause of None has no end."""
        if self.fault is None or self.fault.kind not in {"stall", "cut", "error_event"}:
            return [(total, 0.0)]
        trouble = min(self.fault.at, total)
        if self.fault.kind == "stall":
            return [(trouble, self.fault.seconds), (total, 0.0)]
        return [(trouble, 0.0)]


class Line:
    """The connection to one client."""

    def __init__(self, request: web.Request) -> None:
        self._request = request

    @property
    def open(self) -> bool:
        transport = self._request.transport
        return transport is not None and not transport.is_closing()

    def drop(self) -> None:
        if self._request.transport is not None:
            self._request.transport.close()

    async def wait(self, seconds: float | None) -> None:
        """Raises HungUp soon after the client goes, also in the middle of the wait."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds if seconds is not None else float("inf")
        while (left := until - loop.time()) > 0:
            await asyncio.sleep(min(left, LISTEN_EVERY))
            if not self.open:
                raise HungUp


async def paced(line: Line, pace: Pace, total: int) -> AsyncIterator[tuple[int, int]]:
    """(from, to) of the tokens that are due now, until the last one or the one at which things break."""
    done = 0
    for target, pause in pace.legs(total):
        async for due in _walk(line, pace.speed, target - done):
            yield done, done + due
            done += due
        await line.wait(pause)


async def _walk(line: Line, speed: float, steps: int) -> AsyncIterator[int]:
    if not speed:
        yield steps
        return
    loop = asyncio.get_running_loop()
    start, done = loop.time(), 0
    while done < steps:
        await line.wait(max(TICK, 1 / speed))
        due = min(int((loop.time() - start) * speed), steps) - done
        if due > 0:
            yield due
            done += due


async def stream(
    request: web.Request, script: Script, paid: Paid, pace: Pace, headers: Mapping[str, str]
) -> tuple[web.StreamResponse, bool]:
    """The response, and whether all of it went out."""
    if pace.even:
        paid.output_tokens = len(script.steps)
        return web.Response(body=script.whole, headers={**headers, "content-type": SSE}), True
    response = web.StreamResponse(headers={**headers, "content-type": SSE, "cache-control": "no-cache"})
    try:
        await Line(request).wait(pace.pause("hang"))
        await response.prepare(request)
        return response, await _perform(response, Line(request), script, paid, pace)
    except ConnectionError:
        return response, False


async def _perform(response: web.StreamResponse, line: Line, script: Script, paid: Paid, pace: Pace) -> bool:
    await response.write(script.head)
    await line.wait(pace.pause("slow"))
    async for start, end in paced(line, pace, len(script.steps)):
        await response.write(b"".join(script.steps[start:end]))
        paid.output_tokens = end
    if pace.breaks == "cut":
        line.drop()
    elif pace.breaks == "error_event":
        await response.write(script.broken(paid.output_tokens))
    else:
        await response.write(script.tail)
    return pace.breaks is None


async def hold(request: web.Request, total: int, paid: Paid, pace: Pace) -> bool:
    """Lets the time pass that a whole answer of `total` tokens takes; False where it never arrives."""
    line = Line(request)
    try:
        await line.wait(pace.pause("hang"))
        await line.wait(pace.pause("slow"))
        async for _, end in paced(line, pace, total):
            paid.output_tokens = end
    except HungUp:
        return False
    if pace.breaks == "cut":
        line.drop()
    return pace.breaks is None
