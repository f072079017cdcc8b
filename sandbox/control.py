"""`/control/…`: the sandbox from outside, for tests in other processes and for people with curl."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from sandbox.delivery.record import Delivery
from sandbox.faults import Fault
from sandbox.state import Channel
from sandbox.state.models import Json

if TYPE_CHECKING:
    from sandbox.server import Sandbox

_NEWEST = 200
_FAULT_FIELDS = frozenset({"error", "status", "retry_after", "delay", "cut", "times"})
Order = Callable[[Mapping[str, Any]], Awaitable[Json | None]]


class Control:
    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox

    def routes(self) -> list[web.RouteDef]:
        orders: dict[str, Order] = {
            "do": self.do,
            "faults": self.fault,
            "faults/clear": self.clear_faults,
            "duplicate": self.duplicate,
            "delay": self.delay,
            "sockets/drop": self.drop,
            "sockets/refresh": self.refresh,
            "sockets/warn": self.warn,
            "clock": self.clock,
            "tiers": self.tiers,
            "http": self.http,
            "revoke": self.revoke,
            "uninstall": self.uninstall,
            "event": self.event,
            "reset": self.reset,
        }
        return [
            web.get("/control/state", self.state),
            web.get("/control/messages", self.messages),
            web.get("/control/calls", self.calls),
            web.get("/control/deliveries", self.deliveries),
            web.get("/control/ephemerals", self.ephemerals),
            *(web.post(f"/control/{name}", _ordered(order)) for name, order in orders.items()),
        ]

    # -- reading

    async def state(self, _: web.Request) -> web.Response:
        workspace = self._sandbox.workspace
        return _json(
            {
                "team_id": workspace.team_id,
                "app": self._sandbox.page.shapes.app(),
                "users": [workspace.shown_user(user) for user in workspace.users.values()],
                "channels": [self._channel(channel) for channel in workspace.channels.values()],
                "files": [workspace.shown_file(file) for file in workspace.files.values()],
                "views": [workspace.shown_view(view) for view in workspace.views.values()],
                "homes": {user: workspace.shown_view(view) for user, view in workspace.homes.items()},
                "sessions": [self._sandbox.page.shapes.session(item) for item in workspace.sessions.values()],
                "connections": list(self._sandbox.socket_mode.places()),
                "clock": {"now": self._sandbox.clock.now(), "offset": self._sandbox.clock.offset},
            }
        )

    async def messages(self, request: web.Request) -> web.Response:
        """Every message of a channel, replies too, oldest first."""
        try:
            channel = self._sandbox.workspace.channel(request.query.get("channel", ""))
        except KeyError:
            raise web.HTTPNotFound(text="There is no such channel.") from None
        thread_ts = request.query.get("thread_ts")
        thread = self._sandbox.workspace.thread(channel, thread_ts) if thread_ts else None
        messages = channel.messages.values() if thread is None else thread
        shapes = self._sandbox.page.shapes
        return _json({"messages": [shapes.message(message) for message in messages]})

    async def ephemerals(self, request: web.Request) -> web.Response:
        found = self._sandbox.workspace.ephemerals(request.query.get("user", ""))
        return _json({"messages": [self._sandbox.page.shapes.message(message) for message in found]})

    async def calls(self, request: web.Request) -> web.Response:
        calls = self._sandbox.calls(request.query.get("method", ""))[-_NEWEST:]
        return _json(
            {
                "calls": [
                    {
                        "method": call.method,
                        "args": {name: value for name, value in call.args.items() if name != "token"},
                        "answer": call.answer,
                        "status": call.status,
                        "at": call.at,
                        "ms": call.ms,
                    }
                    for call in calls
                ]
            }
        )

    async def deliveries(self, request: web.Request) -> web.Response:
        found = self._sandbox.deliveries(request.query.get("name"))[
            -int(request.query.get("limit", _NEWEST)) :
        ]
        return _json({"deliveries": [_delivery(item) for item in found]})

    # -- ordering

    async def do(self, body: Mapping[str, Any]) -> Json:
        return await self._sandbox.page.deeds.do(body)

    async def fault(self, body: Mapping[str, Any]) -> None:
        """`{"method": "chat.update", "error": "ratelimited", "status": 429, "retry_after": 1, "times": 2}`"""
        fields = {name: value for name, value in body.items() if name in _FAULT_FIELDS}
        self._sandbox.faults.add(body["method"], Fault(**fields))

    async def clear_faults(self, body: Mapping[str, Any]) -> None:
        self._sandbox.faults.clear(body.get("method"))

    async def duplicate(self, body: Mapping[str, Any]) -> None:
        everywhere = bool(body.get("everywhere"))
        self._sandbox.courier.duplicate_next(int(body.get("times", 2)), everywhere=everywhere)

    async def delay(self, body: Mapping[str, Any]) -> None:
        self._sandbox.courier.delay = float(body.get("seconds", 0))

    async def drop(self, body: Mapping[str, Any]) -> None:
        self._sandbox.socket_mode.drop(body.get("connection"))

    async def refresh(self, body: Mapping[str, Any]) -> None:
        await self._sandbox.socket_mode.refresh(body.get("connection"))

    async def warn(self, body: Mapping[str, Any]) -> None:
        await self._sandbox.socket_mode.warn(body.get("connection"))

    async def clock(self, body: Mapping[str, Any]) -> Json:
        if "offset" in body:
            self._sandbox.clock.offset = float(body["offset"])
        self._sandbox.clock.advance(float(body.get("advance", 0)))
        return {"now": self._sandbox.clock.now()}

    async def tiers(self, body: Mapping[str, Any]) -> None:
        self._sandbox.api.tiers.enforced = bool(body["enforced"])

    async def http(self, body: Mapping[str, Any]) -> None:
        self._sandbox.deliver_over_http(*body["urls"])

    async def revoke(self, _: Mapping[str, Any]) -> None:
        self._sandbox.revoke_tokens()

    async def uninstall(self, _: Mapping[str, Any]) -> None:
        self._sandbox.uninstall()

    async def event(self, body: Mapping[str, Any]) -> Json:
        """Any event at all, as long as the manifest subscribes to it."""
        return {"delivered": self._sandbox.events.send(dict(body["event"]), body.get("subscription"))}

    async def reset(self, _: Mapping[str, Any]) -> None:
        self._sandbox.reset()

    def _channel(self, channel: Channel) -> Json:
        shown = self._sandbox.workspace.shown_channel(channel, self._sandbox.workspace.bot.id)
        return {**shown, "members": list(channel.members), "message_count": len(channel.messages)}


def _ordered(order: Order) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        raw = await request.read()
        try:
            body = orjson.loads(raw) if raw else {}
            return _json({"ok": True} | (await order(body) or {}))
        except (KeyError, ValueError, TypeError) as wrong:
            return _json({"ok": False, "error": "invalid_order", "text": f"{wrong!r}"}, status=400)

    return handle


def _delivery(delivery: Delivery) -> Json:
    shown = delivery.public()
    payload = {name: value for name, value in shown["payload"].items() if name != "token"}
    return {**shown, "payload": payload}


def _json(body: Json, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")
