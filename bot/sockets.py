"""Socket Mode over several connections: one is always there while another is renewed."""

from __future__ import annotations

import asyncio

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.slack import asked, patiently


class Sockets:
    def __init__(self, app: AsyncApp, app_token: str, count: int) -> None:
        self._app = app
        self._token = app_token
        self._count = count
        self._handlers: list[AsyncSocketModeHandler] = []

    async def open(self) -> None:
        """Raises SlackRefusedToken; waits for a Slack that does not answer."""
        for _ in range(self._count):
            handler = AsyncSocketModeHandler(self._app, self._token)
            self._handlers.append(handler)
            # Left to itself the library would try a refused token for ever, and say so only in passing.
            handler.client.wss_uri = await patiently(self._address)
            await handler.connect_async()  # type: ignore[no-untyped-call]

    async def connected(self) -> int:
        states = [await handler.client.is_connected() for handler in self._handlers]
        return sum(states)

    async def close(self) -> None:
        closing = [handler.close_async() for handler in self._handlers]  # type: ignore[no-untyped-call]
        await asyncio.gather(*closing, return_exceptions=True)

    async def _address(self) -> str:
        client = self._app.client
        answer = await asked("SLACK_APP_TOKEN", client.apps_connections_open(app_token=self._token))
        return str(answer["url"])
