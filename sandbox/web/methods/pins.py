"""pins.*"""

from collections.abc import Iterable
from typing import Any

from sandbox.state import Message, Workspace
from sandbox.state.models import Pin
from sandbox.web.access import joined_channel, message_in, visible_channel
from sandbox.web.arguments import signature
from sandbox.web.errors import SlackError
from sandbox.web.method import TIER_2, Call, Method

_MOST_PINS = 100
_TARGET = signature("channel! timestamp")


class PinMethods:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def methods(self) -> Iterable[Method]:
        write, read = ("pins:write",), ("pins:read",)
        yield Method("pins.add", self.add, _TARGET, write, per_minute=TIER_2)
        yield Method("pins.remove", self.remove, _TARGET, write, per_minute=TIER_2)
        yield Method("pins.list", self.listing, signature("channel!"), read, per_minute=TIER_2)

    def add(self, call: Call) -> dict[str, Any]:
        message = self._target(call)
        if len(message.channel.pins) >= _MOST_PINS:
            raise SlackError("too_many_pins")
        if not self._workspace.messages.pin(message, call.caller.user):
            raise SlackError("already_pinned")
        return {}

    def remove(self, call: Call) -> dict[str, Any]:
        if not self._workspace.messages.unpin(self._target(call), call.caller.user):
            raise SlackError("no_pin")
        return {}

    def listing(self, call: Call) -> dict[str, Any]:
        """The newest pin first."""
        channel = visible_channel(self._workspace, call.caller.user, call["channel"])
        return {"items": [self._shown(pin) for pin in reversed(channel.pins.values())]}

    def _target(self, call: Call) -> Message:
        channel = joined_channel(self._workspace, call.caller.user, call["channel"])
        if not call.get("timestamp"):
            raise SlackError("no_item_specified")
        return message_in(channel, call["timestamp"])

    def _shown(self, pin: Pin) -> dict[str, Any]:
        link = self._workspace.permalink(pin.message)
        return {
            "type": "message",
            "channel": pin.message.channel.id,
            "message": {**self._workspace.shown(pin.message), "permalink": link},
            "created": pin.at,
            "created_by": pin.by,
        }
