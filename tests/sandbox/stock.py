"""A stock Bolt app of a few lines; what it does is written in each test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox


class StockBot:
    def __init__(self, app: AsyncApp, handlers: list[AsyncSocketModeHandler]) -> None:
        self.app, self.handlers = app, handlers

    @classmethod
    @asynccontextmanager
    async def connected(
        cls, sandbox: Sandbox, mode: str = "socket", connections: int = 1
    ) -> AsyncIterator["StockBot"]:
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            app = AsyncApp(
                client=AsyncWebClient(
                    token=sandbox.credentials.bot_token, base_url=f"{sandbox.url}/api/", session=session
                ),
                signing_secret=sandbox.credentials.signing_secret,
            )
            bot = cls(app, [])
            if mode == "http":
                await stack.enter_async_context(_served(app, sandbox))
            else:
                for _ in range(connections):
                    bot.handlers.append(await stack.enter_async_context(_socket(app, sandbox)))
            yield bot


@asynccontextmanager
async def _served(app: AsyncApp, sandbox: Sandbox) -> AsyncIterator[None]:
    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    application = web.Application()
    application.router.add_post("/slack/events", handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sandbox.deliver_over_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    yield
    await runner.cleanup()


@asynccontextmanager
async def _socket(app: AsyncApp, sandbox: Sandbox) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = AsyncSocketModeHandler(app, sandbox.credentials.app_token, ping_interval=1)
    await handler.connect_async()
    yield handler
    await handler.close_async()
    tasks = (
        handler.client.message_processor,
        handler.client.current_session_monitor,
        handler.client.message_receiver,
    )
    await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
