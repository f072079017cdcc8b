"""A person's page, without a browser."""

from typing import Any

import aiohttp
import orjson

from sandbox.server import Sandbox


class Window:
    """A person's page: asks, does, and listens."""

    def __init__(self, sandbox: Sandbox, http: aiohttp.ClientSession, name: str) -> None:
        self.me = sandbox.workspace.user(name).id
        self._url, self._http = sandbox.url, http
        self.heard: list[dict[str, Any]] = []
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def get(self, path: str, **params: Any) -> dict[str, Any]:
        async with self._http.get(f"{self._url}/ui/{path}", params={"as": self.me, **params}) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def do(self, what: str, **fields: Any) -> dict[str, Any]:
        async with self._http.post(
            f"{self._url}/ui/do", json={"as": self.me, "do": what, **fields}
        ) as answer:
            return await answer.json()

    async def listen(self, **params: Any) -> "Window":
        self._socket = await self._http.ws_connect(f"{self._url}/ui/events", params={"as": self.me, **params})
        return self

    async def hears(self, kind: str) -> dict[str, Any]:
        """The next event of this kind."""
        assert self._socket is not None
        while True:
            event = orjson.loads(await self._socket.receive_str(timeout=5))
            self.heard.append(event)
            if event["type"] == kind:
                return event
