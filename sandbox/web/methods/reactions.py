"""reactions.*"""

import re
from collections.abc import Iterable
from typing import Any

from sandbox.state import Message, Workspace
from sandbox.state.message_shape import reactions
from sandbox.web.access import joined_channel, message_in, visible_channel
from sandbox.web.arguments import signature
from sandbox.web.errors import SlackError
from sandbox.web.method import TIER_2, TIER_3, Call, Method

_NAME = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")
_TARGET = signature("channel! name! timestamp!")
_GET = signature("channel! timestamp! full:bool")


class ReactionMethods:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def methods(self) -> Iterable[Method]:
        write, read = ("reactions:write",), ("reactions:read",)
        yield Method("reactions.add", self.add, _TARGET, write, per_minute=TIER_3)
        yield Method("reactions.remove", self.remove, _TARGET, write, per_minute=TIER_2)
        yield Method("reactions.get", self.get, _GET, read, per_minute=TIER_3)

    def add(self, call: Call) -> dict[str, Any]:
        message, name = self._target(call), _name(call["name"])
        if not self._workspace.messages.react(message, call.caller.user, name):
            raise SlackError("already_reacted")
        return {}

    def remove(self, call: Call) -> dict[str, Any]:
        message, name = self._target(call), _name(call["name"])
        if not self._workspace.messages.unreact(message, call.caller.user, name):
            raise SlackError("no_reaction")
        return {}

    def get(self, call: Call) -> dict[str, Any]:
        channel = visible_channel(self._workspace, call.caller.user, call["channel"])
        message = message_in(channel, call["timestamp"])
        shown = {**self._workspace.shown(message), "reactions": reactions(message)}
        return {"type": "message", "channel": channel.id, "message": shown}

    def _target(self, call: Call) -> Message:
        channel = joined_channel(self._workspace, call.caller.user, call["channel"])
        return message_in(channel, call["timestamp"])


def _name(name: str) -> str:
    bare = name.strip(":")
    if not _NAME.fullmatch(bare):
        raise SlackError("invalid_name")
    return bare
