"""What can be read under `/control/…`; the table is in sandbox/control.py."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import orjson
from aiohttp import web

from sandbox.breaking import BREAKS
from sandbox.delivery.record import Delivery
from sandbox.state import Channel
from sandbox.state.models import Json
from sandbox.state.scheduled import Scheduled

if TYPE_CHECKING:
    from sandbox.server import Sandbox

_NEWEST = 200


class Reading:
    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/state", self.state),
            web.get("/control/messages", self.messages),
            web.get("/control/ephemerals", self.ephemerals),
            web.get("/control/calls", self.calls),
            web.get("/control/deliveries", self.deliveries),
            web.get("/control/breaks", self.breaks),
        ]

    async def state(self, _: web.Request) -> web.Response:
        workspace = self._sandbox.workspace
        return json_answer(
            {
                "team_id": workspace.team_id,
                "app": self._sandbox.page.shapes.app(),
                "users": [workspace.shown_user(user) for user in workspace.users.values()],
                "channels": [self._channel(channel) for channel in workspace.channels.values()],
                "files": [workspace.shown_file(file) for file in workspace.files.values()],
                "canvases": [asdict(canvas) for canvas in workspace.canvases.values()],
                "scheduled": [_scheduled(item) for item in self._sandbox.schedule.waiting()],
                "broken": self._sandbox.breaking.what,
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
        return json_answer({"messages": [shapes.message(message) for message in messages]})

    async def ephemerals(self, request: web.Request) -> web.Response:
        found = self._sandbox.workspace.ephemerals(request.query.get("user", ""))
        return json_answer({"messages": [self._sandbox.page.shapes.message(message) for message in found]})

    async def calls(self, request: web.Request) -> web.Response:
        calls = self._sandbox.calls(request.query.get("method", ""))[-_NEWEST:]
        return json_answer(
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
        return json_answer({"deliveries": [_delivery(item) for item in found]})

    async def breaks(self, _: web.Request) -> web.Response:
        return json_answer({"breaks": {name: item.description for name, item in BREAKS.items()}})

    def _channel(self, channel: Channel) -> Json:
        shown = self._sandbox.workspace.shown_channel(channel, self._sandbox.workspace.bot.id)
        return {**shown, "members": list(channel.members), "message_count": len(channel.messages)}


def _scheduled(item: Scheduled) -> Json:
    return {"id": item.id, "channel": item.channel.id, "post_at": item.post_at, "text": item.text}


def _delivery(delivery: Delivery) -> Json:
    shown = delivery.public()
    payload = {name: value for name, value in shown["payload"].items() if name != "token"}
    return {**shown, "payload": payload}


def json_answer(body: Json, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")
