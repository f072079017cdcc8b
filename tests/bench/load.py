"""Signed requests at a rate that does not wait for the answers, or as many at once as are wanted."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import aiohttp

T = TypeVar("T")

AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


@dataclass(frozen=True, slots=True)
class Sent:
    """`due` is when it was meant to go out, `took` the seconds from then to the whole response."""

    due: float
    took: float
    status: int


class Slack:
    """Sends what Slack would send."""

    def __init__(self, session: aiohttp.ClientSession, secret: str) -> None:
        self._session, self._secret = session, secret.encode()

    async def send(self, url: str, body: bytes, due: float | None = None) -> Sent:
        due = time.monotonic() if due is None else due
        async with self._session.post(url, data=body, headers=self._headers(body)) as answer:
            await answer.read()
            return Sent(due, time.monotonic() - due, answer.status)

    def _headers(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        signature = hmac.new(self._secret, b"v0:%b:%b" % (timestamp.encode(), body), hashlib.sha256)
        return {
            "Content-Type": "application/json",
            "User-Agent": AGENT,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={signature.hexdigest()}",
        }


@asynccontextmanager
async def slack(secret: str) -> AsyncIterator[Slack]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=30)) as session:
        yield Slack(session, secret)


async def open_loop(rate: float, works: Sequence[Callable[[float], Awaitable[T]]]) -> list[T]:
    """Each work starts at its time, whether the ones before it are done or not; it is told that time."""
    start = time.monotonic() + 0.05
    begun: list[asyncio.Task[T]] = []
    for number, work in enumerate(works):
        due = start + number / rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        begun.append(asyncio.ensure_future(work(due)))
    return list(await asyncio.gather(*begun))


async def at_once(count: int, works: Iterable[Callable[[], Awaitable[T]]]) -> list[T]:
    """All of them, never more than `count` at the same time."""
    waiting, done = iter(works), list[T]()

    async def keep_working() -> None:
        for work in waiting:
            done.append(await work())

    await asyncio.gather(*(keep_working() for _ in range(count)))
    return done
