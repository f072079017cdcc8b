"""A running pair of providers for tests, and the SDK clients that talk to them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from functools import cached_property
from typing import Any

import aiohttp
import httpx2
from aiohttp import web
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI

from sandbox.providers import Providers

CLAUDE = "claude-sonnet-5-5"
HAIKU = "claude-haiku-5-5"
GPT = "gpt-6-luna"
WAIT = 5.0


class Clock:
    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


class Desk:
    """Providers on a loopback port; the SDK clients are made when a test asks for them."""

    def __init__(self, providers: Providers, clock: Clock, url: str, http: aiohttp.ClientSession) -> None:
        self.providers = providers
        self.clock = clock
        self.url = url
        self.http = http

    @cached_property
    def anthropic(self) -> AsyncAnthropic:
        return AsyncAnthropic(
            api_key="sk-ant-sandbox", base_url=f"{self.url}/anthropic", max_retries=0, http_client=_http()
        )

    @cached_property
    def openai(self) -> AsyncOpenAI:
        return AsyncOpenAI(
            api_key="sk-sandbox", base_url=f"{self.url}/openai/v1", max_retries=0, http_client=_http()
        )

    async def close(self) -> None:
        for made in ("anthropic", "openai"):
            if made in self.__dict__:
                await self.__dict__[made].close()

    async def ask(self, text: str, **more: Any) -> str:
        """What Claude answers to one message, or to a conversation in `messages`."""
        messages = [*more.pop("messages", []), {"role": "user", "content": text}]
        answer = await self.anthropic.messages.create(
            **{"model": CLAUDE, "max_tokens": 4_000, **more}, messages=messages
        )
        return "".join(block.text for block in answer.content if block.type == "text")


def _http() -> httpx2.AsyncClient:
    """Without TLS set-up, which costs more than most of these tests."""
    return httpx2.AsyncClient(verify=False, timeout=WAIT, follow_redirects=True)


@contextlib.asynccontextmanager
async def running(seed: int = 1) -> AsyncIterator[Desk]:
    clock = Clock()
    providers = Providers(seed, clock)
    app = web.Application()
    app.add_routes([*providers.routes(), *providers.control_routes()])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession(url) as http:
        desk = Desk(providers, clock, url, http)
        yield desk
        await desk.close()
    await runner.cleanup()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT):
        while not condition():
            await asyncio.sleep(0.005)
