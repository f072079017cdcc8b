"""One streamed answer, from the request to its last event: the part both providers share.

The SDKs open the request (authentication, URLs, error classes). The body is read here, because their
own streams build objects for every event: over 400 deltas that costs ten times what this does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, suppress
from dataclasses import dataclass, replace
from typing import Any, Protocol

import httpx2
import orjson

from services.entities.calls import Usage
from services.errors import ModelBroke, ProviderError
from services.models.failures import Fault, ModelGaveUp, fault_of, refusal
from services.models.sse import EventCutter
from services.ports.models import Finished, ModelEvent, TextDelta

DRAIN_SECONDS = 0.1
END_OF_LIST = b"[DONE]"
UNREADABLE = (orjson.JSONDecodeError, LookupError, TypeError, AttributeError)  # not JSON, or not of its shape


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `read` is silence on the wire; `first_token` and `stall` are silence of the model."""

    connect: float = 5.0
    read: float = 30.0
    first_token: float = 60.0
    stall: float = 20.0


class RawResponse(Protocol):
    """A response of either SDK whose body has not been read."""

    http_response: httpx2.Response

    @property
    def request_id(self) -> str | None: ...


Open = Callable[[], AbstractAsyncContextManager[RawResponse]]


class Reading(Protocol):
    """What a provider's events have told so far. `finished` or `fault` end the answer.

    `received` grows with whatever shows, besides text, that the model is at work.
    """

    finished: Finished | None
    fault: Fault | None
    request_id: str | None
    received: int

    def take(self, event: dict[str, Any]) -> str:
        """Note an event; returns the text it brings."""
        ...

    def usage(self) -> Usage | None:
        """The provider's count so far, `estimated` while its output is open; None: it has not said."""
        ...


class Answer:
    """One request and what came back. `errors`: the classes the SDK raises."""

    def __init__(
        self,
        provider: str,
        *,
        open_: Open,
        reading: Reading,
        timeouts: Timeouts,
        estimate: Callable[[str], Usage],
        errors: tuple[type[Exception], ...],
    ) -> None:
        self._provider, self._open, self._reading = provider, open_, reading
        self._timeouts, self._estimate = timeouts, estimate
        self._errors: tuple[type[Exception], ...] = (*errors, httpx2.HTTPError, httpx2.StreamError, OSError)
        self._pieces: list[str] = []

    async def events(self) -> AsyncGenerator[ModelEvent, None]:
        async with aclosing(self._texts()) as texts:
            try:
                async for text in texts:
                    self._pieces.append(text)
                    yield TextDelta(text)
            except self._errors as error:
                raise self._failure(fault_of(error)) from None  # its message may quote the prompt
        if self._reading.finished is None:
            raise self._failure(self._reading.fault or Fault("ended before it was finished"))
        yield self._reading.finished

    async def _texts(self) -> AsyncGenerator[str, None]:
        """The text of each chunk of the body, joined: what arrives together is passed on together."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._timeouts.first_token
        cutter = EventCutter()
        async with AsyncExitStack() as stack:
            async with asyncio.timeout_at(deadline):
                response = await stack.enter_async_context(self._open())
            self._reading.request_id = response.request_id
            chunks = await stack.enter_async_context(aclosing(response.http_response.aiter_bytes()))
            chunk: bytes | None = b""
            while chunk is not None and not self._over:
                async with asyncio.timeout_at(deadline):
                    chunk = await anext(chunks, None)
                before = self._reading.received
                if text := self._take(cutter.end() if chunk is None else cutter.feed(chunk)):
                    yield text
                    deadline = loop.time() + self._timeouts.stall
                elif self._reading.received > before:
                    deadline = max(deadline, loop.time() + self._timeouts.stall)
            await _drain(chunks)

    @property
    def _over(self) -> bool:
        return self._reading.finished is not None or self._reading.fault is not None

    def _take(self, events: Iterable[bytes]) -> str:
        pieces = []
        for data in events:
            if data == END_OF_LIST:
                continue
            try:
                pieces.append(self._reading.take(orjson.loads(data)))
            except UNREADABLE:
                self._reading.fault = Fault("sent an event that cannot be read")
            if self._over:
                break
        return "".join(pieces)

    def _failure(self, fault: Fault) -> ProviderError:
        known = self._reading.usage()
        if not self._pieces and known is None:
            return refusal(self._provider, fault)
        usage = self._usage_so_far(known)
        if self._pieces:
            return ModelBroke(self._provider, fault.detail, usage=usage)
        return ModelGaveUp(self._provider, fault.detail, status=fault.status, usage=usage)

    def _usage_so_far(self, known: Usage | None) -> Usage:
        if known is not None and not known.estimated:
            return known
        guess = self._estimate("".join(self._pieces))
        return guess if known is None else replace(known, tokens_out=max(known.tokens_out, guess.tokens_out))


async def _drain(chunks: AsyncGenerator[bytes, None]) -> None:
    """Read the last bytes of a finished body, so that the connection can serve the next request."""
    with suppress(TimeoutError, httpx2.HTTPError, OSError):
        async with asyncio.timeout(DRAIN_SECONDS):
            async for _ in chunks:
                pass
