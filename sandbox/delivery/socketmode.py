"""Socket Mode: several connections of one app; each envelope goes to one of them and waits for its ack."""

import asyncio
import contextlib
import secrets
from collections.abc import Sequence
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from sandbox.clock import Clock
from sandbox.delivery.record import Ack, Delivery, Failure, Outcome
from sandbox.settings import SandboxSettings
from sandbox.state.ids import Ids

MOST_CONNECTIONS = 10
_TIMEOUT = Failure("timeout")
_TICKET_LIFETIME = 30.0
_HOST = "applink-sandbox"


class Connection:
    def __init__(self, id_: str, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self.id, self._socket, self._transport = id_, socket, transport
        self.leaving = False
        self._waiting: dict[str, asyncio.Future[Outcome]] = {}

    async def send(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(ConnectionError):
            await self._socket.send_str(orjson.dumps(message).decode())

    async def ask(self, envelope: dict[str, Any], timeout: float) -> Outcome:
        answered: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = answered
        try:
            await self.send(envelope)
            async with asyncio.timeout(timeout):
                return await answered
        except TimeoutError:
            return _TIMEOUT
        finally:
            self._waiting.pop(envelope["envelope_id"], None)

    def on_text(self, text: str) -> None:
        """An acknowledgement; one for an envelope that nobody waits for is ignored."""
        message = orjson.loads(text)
        answered = self._waiting.get(str(message.get("envelope_id")))
        if answered is not None and not answered.done():
            answered.set_result(Ack(message.get("payload")))

    def lost(self) -> None:
        for answered in self._waiting.values():
            if not answered.done():
                answered.set_result(_TIMEOUT)

    async def say_goodbye(self, reason: str) -> None:
        self.leaving = True
        await self.send({"type": "disconnect", "reason": reason, "debug_info": {"host": _HOST}})

    async def close(self) -> None:
        await self._socket.close()

    def cut(self) -> None:
        """Without a close frame, as when the network goes away."""
        if self._transport is not None:
            self._transport.abort()


class SocketMode:
    def __init__(self, clock: Clock, ids: Ids, settings: SandboxSettings, app_id: str) -> None:
        self.base_url = ""
        self._clock, self._ids, self._settings, self._app_id = clock, ids, settings, app_id
        self._connections: dict[str, Connection] = {}
        self._tickets: dict[str, float] = {}
        self._arrived = asyncio.Event()
        self._turn = 0
        self.opened = 0

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/socket", self.handle)]

    def new_url(self) -> str:
        """Good for one connection, for a short while."""
        ticket = secrets.token_hex(16)
        self._tickets[ticket] = self._clock.now() + _TICKET_LIFETIME
        return f"{self.base_url.replace('http', 'ws', 1)}/socket?ticket={ticket}&app_id={self._app_id}"

    def places(self) -> Sequence[str]:
        return list(self._connections)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        expires_at = self._tickets.pop(request.query.get("ticket", ""), 0.0)
        if self._clock.now() > expires_at:
            return web.Response(status=408)
        socket = web.WebSocketResponse(heartbeat=self._settings.ping_interval)
        await socket.prepare(request)
        connection = Connection(self._ids.new("S"), socket, request.transport)
        if len(self._connections) >= MOST_CONNECTIONS:
            await connection.say_goodbye("too_many_websockets")
            await connection.close()
            return socket
        await self._serve(connection, socket)
        return socket

    async def attempt(
        self, delivery: Delivery, number: int, reason: str, to: str | None
    ) -> tuple[str, Outcome]:
        connection = self._connections.get(to) if to else await self._next()
        if connection is None:
            return "nobody", _TIMEOUT
        envelope: dict[str, Any] = {
            "envelope_id": self._ids.uuid(),
            "payload": delivery.payload,
            "type": delivery.kind,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": number, "retry_reason": reason}
        return connection.id, await connection.ask(envelope, self._settings.ack_timeout)

    async def refresh(self, connection_id: str | None = None) -> None:
        """Slack's own refresh: a farewell, then the end of the connection."""
        for connection in self._chosen(connection_id):
            await connection.say_goodbye("refresh_requested")
            await connection.close()

    async def warn(self, connection_id: str | None = None) -> None:
        for connection in self._chosen(connection_id):
            await connection.say_goodbye("warning")

    def drop(self, connection_id: str | None = None) -> None:
        """The network goes away, without a word."""
        for connection in self._chosen(connection_id):
            connection.cut()

    async def close(self) -> None:
        for connection in list(self._connections.values()):
            connection.lost()
            await connection.close()

    async def _serve(self, connection: Connection, socket: web.WebSocketResponse) -> None:
        self._connections[connection.id] = connection
        self.opened += 1
        end = asyncio.ensure_future(self._live_out(connection)) if self._settings.socket_lifetime else None
        try:
            await connection.send(self._hello())
            self._arrived.set()
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    connection.on_text(message.data)
        finally:
            if end is not None:
                end.cancel()
            self._connections.pop(connection.id, None)
            if not self._connections:
                self._arrived.clear()
            connection.lost()

    async def _live_out(self, connection: Connection) -> None:
        """A connection's natural end: a warning, and the refresh some seconds later."""
        lifetime = self._settings.socket_lifetime or 0.0
        warning = min(self._settings.socket_warning, lifetime)
        await asyncio.sleep(lifetime - warning)
        await connection.say_goodbye("warning")
        await asyncio.sleep(warning)
        await self.refresh(connection.id)

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "debug_info": {
                "host": _HOST,
                "build_number": 1,
                "approximate_connection_time": int(self._settings.socket_lifetime or 3_600),
            },
            "connection_info": {"app_id": self._app_id},
        }

    async def _next(self) -> Connection | None:
        """In turn, those that stay first; waits a little for a connection when there is none."""
        try:
            async with asyncio.timeout(self._settings.ack_timeout):
                await self._arrived.wait()
        except TimeoutError:
            return None
        connections = list(self._connections.values())
        staying = [item for item in connections if not item.leaving] or connections
        self._turn += 1
        return staying[self._turn % len(staying)] if staying else None

    def _chosen(self, connection_id: str | None) -> list[Connection]:
        return [item for item in self._connections.values() if connection_id in (None, item.id)]
