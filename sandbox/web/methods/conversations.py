"""conversations.* and users.conversations: channels, their members, and what was written in them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Any

from sandbox.state import Channel, Message, User, Workspace
from sandbox.state.models import microseconds
from sandbox.web.access import joined_channel, known_user, visible_channel
from sandbox.web.arguments import signature
from sandbox.web.errors import SlackError, invalid_arguments
from sandbox.web.method import SCOPE_PREFIX, TIER_2, TIER_3, TIER_4, Call, Method, any_kind
from sandbox.web.pages import cursor_at, limit_of, metadata, page, position_of

_TYPES = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}
_DIRECT_PEOPLE = 8
_FOREVER = 10**18

_INFO = signature("channel! include_locale:bool include_num_members:bool")
_LIST = signature("cursor exclude_archived:bool limit:int types:csv user")
_HISTORY = signature("channel! cursor inclusive:bool include_all_metadata:bool latest oldest limit:int")
_REPLIES = signature("channel! ts! cursor inclusive:bool include_all_metadata:bool latest oldest limit:int")
_MEMBERS = signature("channel! cursor limit:int")
_OPEN = signature("channel return_im:bool users:csv prevent_creation:bool")


class ConversationMethods:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def methods(self) -> Iterable[Method]:
        read, history = any_kind("read"), any_kind("history")
        join = ("channels:join",)
        yield Method("conversations.info", self.info, _INFO, read, per_minute=TIER_3)
        yield Method("conversations.list", self.listing, _LIST, read, per_minute=TIER_2)
        yield Method("users.conversations", self.of_user, _LIST, read, per_minute=TIER_2)
        yield Method("conversations.history", self.history, _HISTORY, history, per_minute=TIER_3)
        yield Method("conversations.replies", self.replies, _REPLIES, history, per_minute=TIER_3)
        yield Method("conversations.members", self.members, _MEMBERS, read, per_minute=TIER_4)
        yield Method("conversations.open", self.open, _OPEN, ("im:write", "mpim:write"), per_minute=TIER_3)
        yield Method("conversations.join", self.join, signature("channel!"), join, per_minute=TIER_3)

    def info(self, call: Call) -> dict[str, Any]:
        channel = visible_channel(self._workspace, call.caller.user, call["channel"])
        call.caller.needs_for(channel, "read")
        shown = self._workspace.shown_channel_in_full(channel, call.caller.user.id)
        if call.get("include_num_members"):
            shown["num_members"] = len(channel.members)
        if call.get("include_locale"):
            shown["locale"] = "en-US"
        return {"channel": shown}

    def listing(self, call: Call) -> dict[str, Any]:
        bot = call.caller.user
        kinds = self._kinds(call)
        visible = [item for item in self._of_kinds(kinds, call) if self._workspace.can_see(bot, item)]
        return self._page_of(visible, call, with_members=True)

    def of_user(self, call: Call) -> dict[str, Any]:
        """Of another person: only the channels that the app can see itself."""
        bot = call.caller.user
        whose = known_user(self._workspace, call["user"]) if call.get("user") else bot
        theirs = [
            item
            for item in self._of_kinds(self._kinds(call), call)
            if whose.id in item.members and self._workspace.can_see(bot, item)
        ]
        return self._page_of(theirs, call, with_members=False)

    def history(self, call: Call) -> dict[str, Any]:
        """Newest first, without thread replies."""
        channel = self._readable(call)
        limit = limit_of(call.get("limit"))
        first, last = _window(channel.top, call)
        position = position_of(call.get("cursor"))
        if position is not None:
            last = bisect_left(channel.top, _position(position), key=_at)
        start = max(first, last - limit)
        shown = [self._message(message, call) for message in reversed(channel.top[start:last])]
        more = start > first
        return {
            "messages": shown,
            "has_more": more,
            "pin_count": len(channel.pins),
            "channel_actions_ts": None,
            "channel_actions_count": 0,
            **(metadata(cursor_at(channel.top[start].at)) if more else {}),
        }

    def replies(self, call: Call) -> dict[str, Any]:
        """The parent, then its replies, oldest first; the parent heads every page."""
        channel = self._readable(call)
        asked = channel.messages.get(call["ts"])
        if asked is None:
            raise SlackError("thread_not_found")
        parent = channel.messages.get(asked.root_ts, asked)
        first, last = _window(parent.replies, call)
        position = position_of(call.get("cursor"))
        if position is not None:
            first = bisect_left(parent.replies, _position(position), key=_at)
        end = min(last, first + limit_of(call.get("limit"), 1_000))
        more = end < last
        shown = [self._message(message, call) for message in (parent, *parent.replies[first:end])]
        answer = {"messages": shown, "has_more": more}
        return answer | (metadata(cursor_at(parent.replies[end].at)) if more else {})

    def members(self, call: Call) -> dict[str, Any]:
        channel = visible_channel(self._workspace, call.caller.user, call["channel"])
        call.caller.needs_for(channel, "read")
        found, following = page(list(channel.members), call.get("cursor"), limit_of(call.get("limit")))
        return {"members": found, **metadata(following)}

    def open(self, call: Call) -> dict[str, Any]:
        if call.get("channel"):
            channel, existed = visible_channel(self._workspace, call.caller.user, call["channel"]), True
        else:
            channel, existed = self._direct(call)
        call.caller.needs_for(channel, "write")
        shown = self._shown(channel, call.caller.user) if call.get("return_im") else {"id": channel.id}
        return {"channel": shown} | ({"no_op": True, "already_open": True} if existed else {})

    def join(self, call: Call) -> dict[str, Any]:
        channel = visible_channel(self._workspace, call.caller.user, call["channel"])
        if channel.kind != "public":
            raise SlackError("method_not_supported_for_channel_type")
        if channel.archived:
            raise SlackError("is_archived")
        joined = self._workspace.join(channel, call.caller.user)
        answer = {"channel": self._shown(channel, call.caller.user)}
        if joined:
            return answer
        warning = "already_in_channel"
        return {**answer, "warning": warning, "response_metadata": {"warnings": [warning]}}

    def _readable(self, call: Call) -> Channel:
        channel = joined_channel(self._workspace, call.caller.user, call["channel"])
        call.caller.needs_for(channel, "history")
        return channel

    def _message(self, message: Message, call: Call) -> dict[str, Any]:
        return self._workspace.shown(message, with_metadata=bool(call.get("include_all_metadata")))

    def _shown(self, channel: Channel, viewer: User) -> dict[str, Any]:
        return self._workspace.shown_channel(channel, viewer.id)

    def _kinds(self, call: Call) -> set[str]:
        """The kinds of channel asked for; each needs its own scope."""
        kinds = set()
        for name in call.get("types") or ["public_channel"]:
            if name not in _TYPES:
                raise SlackError("invalid_types")
            call.caller.needs(f"{SCOPE_PREFIX[_TYPES[name]]}:read")
            kinds.add(_TYPES[name])
        return kinds

    def _of_kinds(self, kinds: set[str], call: Call) -> Iterable[Channel]:
        for channel in self._workspace.channels.values():
            if channel.kind in kinds and not (channel.archived and call.get("exclude_archived")):
                yield channel

    def _page_of(self, channels: Sequence[Channel], call: Call, *, with_members: bool) -> dict[str, Any]:
        found, following = page(channels, call.get("cursor"), limit_of(call.get("limit")))
        shown = [self._shown(channel, call.caller.user) for channel in found]
        if with_members:
            for channel, item in zip(found, shown, strict=True):
                item["num_members"] = len(channel.members)
        return {"channels": shown, **metadata(following)}

    def _direct(self, call: Call) -> tuple[Channel, bool]:
        ids = call.get("users")
        if not ids:
            raise SlackError("users_list_not_supplied")
        if len(ids) > _DIRECT_PEOPLE:
            raise SlackError("too_many_users")
        people = [known_user(self._workspace, user_id) for user_id in ids]
        if any(person.is_bot or person.is_slackbot for person in people):
            raise SlackError("cannot_dm_bot")
        before = len(self._workspace.channels)
        channel = self._workspace.direct(*people, call.caller.user)
        return channel, len(self._workspace.channels) == before


def _at(message: Message) -> int:
    return message.at


def _window(messages: Sequence[Message], call: Call) -> tuple[int, int]:
    """The slice of `messages` between `oldest` and `latest`."""
    oldest, latest = _moment(call.get("oldest"), 0, "oldest"), _moment(call.get("latest"), _FOREVER, "latest")
    if call.get("inclusive"):
        return bisect_left(messages, oldest, key=_at), bisect_right(messages, latest, key=_at)
    return bisect_right(messages, oldest, key=_at), bisect_left(messages, latest, key=_at)


def _moment(ts: str | None, default: int, name: str) -> int:
    if not ts or ts == "now":
        return default
    try:
        return microseconds(ts)
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _position(position: str) -> int:
    if not position.isdecimal():
        raise invalid_arguments("invalid cursor [json-pointer:/cursor]")
    return int(position)
