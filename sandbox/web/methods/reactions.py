"""reactions.*"""

import re
from collections.abc import Iterable
from typing import Any

from sandbox.state import File, Message, User, Workspace
from sandbox.state.message_shape import reactions
from sandbox.web.access import joined_channel, known_user, message_in, visible_channel
from sandbox.web.arguments import signature
from sandbox.web.errors import SlackError
from sandbox.web.method import TIER_2, TIER_3, Call, Method
from sandbox.web.pages import cursor_at, limit_of, metadata, page

_NAME = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")
_ADD = signature("channel! name! timestamp!")
_REMOVE = signature("name! channel timestamp file file_comment")
_GET = signature("channel timestamp full:bool file file_comment")
_LIST = signature("user full:bool count:int page:int cursor limit:int")
_PER_PAGE = 100


class ReactionMethods:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def methods(self) -> Iterable[Method]:
        write, read = ("reactions:write",), ("reactions:read",)
        yield Method("reactions.add", self.add, _ADD, write, per_minute=TIER_3)
        yield Method("reactions.remove", self.remove, _REMOVE, write, per_minute=TIER_2)
        yield Method("reactions.list", self.listing, _LIST, read, per_minute=TIER_2)
        yield Method("reactions.get", self.get, _GET, read, per_minute=TIER_3)

    def add(self, call: Call) -> dict[str, Any]:
        message, name = self._target(call), _name(call["name"])
        if not self._workspace.messages.react(message, call.caller.user, name):
            raise SlackError("already_reacted")
        return {}

    def remove(self, call: Call) -> dict[str, Any]:
        name = _name(call["name"])
        if call.get("file"):
            self._file(call)
            raise SlackError("no_reaction")
        message = self._target(call)
        if not self._workspace.messages.unreact(message, call.caller.user, name):
            raise SlackError("no_reaction")
        return {}

    def get(self, call: Call) -> dict[str, Any]:
        if call.get("file"):
            return {"type": "file", "file": self._workspace.shown_file(self._file(call))}
        _check_item(call)
        channel = visible_channel(self._workspace, call.caller.user, call["channel"])
        message = message_in(channel, call["timestamp"])
        shown = {**self._workspace.shown(message), "reactions": reactions(message)}
        return {"type": "message", "channel": channel.id, "message": shown}

    def listing(self, call: Call) -> dict[str, Any]:
        """What someone has reacted to where the app is, the newest message first."""
        user = known_user(self._workspace, call.get("user", call.caller.user.id))
        found = sorted(self._reacted(user, call.caller.user), key=lambda item: item.at, reverse=True)
        count, number = limit_of(call.get("limit") or call.get("count"), _PER_PAGE), call.get("page", 1)
        cursor = call.get("cursor") or cursor_at((number - 1) * count)
        shown, following = page(found, cursor, count)
        pages = -(-len(found) // count)
        paging = {"count": count, "total": len(found), "page": number, "pages": pages}
        return {"items": [self._item(item) for item in shown], "paging": paging, **metadata(following)}

    def _reacted(self, user: User, bot: User) -> Iterable[Message]:
        for channel in self._workspace.channels_of(bot.id):
            for message in channel.messages.values():
                if any(user.id in users for users in message.reactions.values()):
                    yield message

    def _item(self, message: Message) -> dict[str, Any]:
        return {"type": "message", "channel": message.channel.id, "message": self._workspace.shown(message)}

    def _file(self, call: Call) -> File:
        """Nobody reacts to a file itself here: only to the message that shares it."""
        file = self._workspace.files.get(call["file"])
        if file is None:
            raise SlackError("file_not_found")
        return file

    def _target(self, call: Call) -> Message:
        _check_item(call)
        channel = joined_channel(self._workspace, call.caller.user, call["channel"])
        return message_in(channel, call["timestamp"])


def _check_item(call: Call) -> None:
    if not call.get("channel") or not call.get("timestamp"):
        raise SlackError("no_item_specified")


def _name(name: str) -> str:
    bare = name.strip(":")
    if not _NAME.fullmatch(bare):
        raise SlackError("invalid_name")
    return bare
