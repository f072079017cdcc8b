"""Channels as an app with the right scopes may make, name, fill, empty and close them."""

import re
from collections.abc import Iterable
from typing import Any

from sandbox.state import Channel, User, Workspace
from sandbox.state.changes import ChannelChanged
from sandbox.state.models import ChannelKind, microseconds
from sandbox.web.access import joined_channel, known_user, visible_channel
from sandbox.web.arguments import signature
from sandbox.web.errors import SlackError
from sandbox.web.method import TIER_2, TIER_3, Call, Method

_MANAGE = {"public": "channels:manage", "private": "groups:write", "im": "im:write", "mpim": "mpim:write"}
_ANY_MANAGE = tuple(_MANAGE.values())
_INVITE = (*_ANY_MANAGE, "channels:write.invites", "groups:write.invites")
_TOPIC = (*_ANY_MANAGE, "channels:write.topic", "groups:write.topic")
_NAME_LIMIT, _TOPIC_LIMIT, _INVITED_AT_ONCE = 80, 250, 100
_NAME = re.compile(r"[\w-]+")


class MembershipMethods:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def methods(self) -> Iterable[Method]:
        one, named = signature("channel!"), signature("name! is_private:bool")
        invited, someone = signature("channel! users:csv! force:bool"), signature("channel! user!")
        renamed, read = signature("channel! name!"), signature("channel! ts!")
        topic, purpose = signature("channel! topic!"), signature("channel! purpose!")
        manage, three = _ANY_MANAGE, TIER_3
        yield Method("conversations.create", self.create, named, manage, per_minute=TIER_2)
        yield Method("conversations.rename", self.rename, renamed, manage, per_minute=TIER_2)
        yield Method("conversations.archive", self.archive, one, manage, per_minute=TIER_2)
        yield Method("conversations.invite", self.invite, invited, _INVITE, per_minute=three)
        yield Method("conversations.kick", self.kick, someone, manage, per_minute=three)
        yield Method("conversations.leave", self.leave, one, manage, per_minute=three)
        yield Method("conversations.mark", self.mark, read, manage, per_minute=three)
        yield Method("conversations.setTopic", self.set_topic, topic, _TOPIC, per_minute=TIER_2)
        yield Method("conversations.setPurpose", self.set_purpose, purpose, _TOPIC, per_minute=TIER_2)

    def create(self, call: Call) -> dict[str, Any]:
        kind: ChannelKind = "private" if call.get("is_private") else "public"
        call.caller.needs(_MANAGE[kind])
        name = self._free_name(call["name"])
        channel = self._workspace.create_channel(name, kind, call.caller.user)
        return {"channel": self._shown(channel, call.caller.user)}

    def rename(self, call: Call) -> dict[str, Any]:
        channel = self._channel(call)
        if channel.creator != call.caller.user.id:
            raise SlackError("not_authorized")
        self._workspace.rename_channel(channel, self._free_name(call["name"]), call.caller.user)
        return {"channel": self._shown(channel, call.caller.user)}

    def archive(self, call: Call) -> dict[str, Any]:
        channel = _of_people(visible_channel(self._workspace, call.caller.user, call["channel"]))
        call.caller.needs(_MANAGE[channel.kind])
        if _is_general(channel):
            raise SlackError("cant_archive_general")
        if channel.archived:
            raise SlackError("already_archived")
        if call.caller.user.id not in channel.members:
            raise SlackError("not_in_channel")
        self._workspace.archive_channel(channel, call.caller.user)
        return {}

    def invite(self, call: Call) -> dict[str, Any]:
        channel = self._channel(call, "write.invites")
        if len(call["users"]) > _INVITED_AT_ONCE:
            raise SlackError("too_many_users")
        wrong = {user_id: self._why_not(channel, user_id, call.caller.user) for user_id in call["users"]}
        errors = [{"user": user, "ok": False, "error": error} for user, error in wrong.items() if error]
        welcome = [user_id for user_id, error in wrong.items() if error is None]
        if errors and not (call.get("force") and welcome):
            raise SlackError(str(errors[0]["error"]), errors=errors)
        for user_id in welcome:
            self._workspace.join(channel, self._workspace.users[user_id], inviter=call.caller.user)
        shown = {"channel": self._shown(channel, call.caller.user)}
        return {**shown, "errors": errors} if errors else shown

    def kick(self, call: Call) -> dict[str, Any]:
        channel = self._channel(call)
        user = known_user(self._workspace, call["user"])
        if user is call.caller.user:
            raise SlackError("cant_kick_self")
        if _is_general(channel):
            raise SlackError("cant_kick_from_general")
        if not self._workspace.leave(channel, user):
            raise SlackError("not_in_channel")
        return {"errors": {}}

    def leave(self, call: Call) -> dict[str, Any]:
        channel = _of_people(visible_channel(self._workspace, call.caller.user, call["channel"]))
        call.caller.needs(_MANAGE[channel.kind])
        if _is_general(channel):
            raise SlackError("cant_leave_general")
        if channel.archived:
            raise SlackError("is_archived")
        if list(channel.members) == [call.caller.user.id]:
            raise SlackError("last_member")
        return {} if self._workspace.leave(channel, call.caller.user) else {"not_in_channel": True}

    def mark(self, call: Call) -> dict[str, Any]:
        channel = joined_channel(self._workspace, call.caller.user, call["channel"])
        call.caller.needs(_MANAGE[channel.kind])
        try:
            microseconds(call["ts"])
        except ValueError:
            raise SlackError("invalid_timestamp") from None
        self._workspace.messages.read(channel, call.caller.user, call["ts"])
        return {}

    def set_topic(self, call: Call) -> dict[str, Any]:
        channel = self._channel(call, "write.topic")
        channel.topic = _short(call["topic"])
        self._told(channel, call.caller.user, "topic", channel.topic)
        return {"channel": self._shown(channel, call.caller.user)}

    def set_purpose(self, call: Call) -> dict[str, Any]:
        channel = self._channel(call, "write.topic")
        channel.purpose = _short(call["purpose"])
        self._told(channel, call.caller.user, "purpose", channel.purpose)
        return {"purpose": channel.purpose, "channel": self._shown(channel, call.caller.user)}

    def _channel(self, call: Call, less: str = "") -> Channel:
        """A channel of people in which the app is; `less` is a narrower scope that is enough."""
        channel = _of_people(visible_channel(self._workspace, call.caller.user, call["channel"]))
        prefix = "channels" if channel.kind == "public" else "groups"
        call.caller.needs(_MANAGE[channel.kind], *([f"{prefix}:{less}"] if less else []))
        if channel.archived:
            raise SlackError("is_archived")
        if call.caller.user.id not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def _free_name(self, raw: str) -> str:
        name = _checked_name(raw)
        if self._workspace.has_channel(name):
            raise SlackError("name_taken")
        return name

    def _why_not(self, channel: Channel, user_id: str, caller: User) -> str | None:
        user = self._workspace.users.get(user_id)
        if user is None:
            return "user_not_found"
        if user is caller:
            return "cant_invite_self"
        if user.is_slackbot:
            return "cant_invite"
        return "already_in_channel" if user_id in channel.members else None

    def _told(self, channel: Channel, user: User, what: str, text: str) -> None:
        prefix = "channel" if channel.kind == "public" else "group"
        said = f"set the channel {what}: {text}" if text else f"cleared the channel {what}"
        self._workspace.messages.announce(channel, user, f"{prefix}_{what}", said)
        self._workspace.tell(ChannelChanged(channel, user, "told"))

    def _shown(self, channel: Channel, viewer: User) -> dict[str, Any]:
        return self._workspace.shown_channel_in_full(channel, viewer.id)


def _of_people(channel: Channel) -> Channel:
    if channel.is_direct:
        raise SlackError("method_not_supported_for_channel_type")
    return channel


def _is_general(channel: Channel) -> bool:
    return channel.name == "general"


def _checked_name(raw: str) -> str:
    name = raw.removeprefix("#")
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > _NAME_LIMIT:
        raise SlackError("invalid_name_maxlength")
    if not name.strip("-_."):
        raise SlackError("invalid_name_punctuation")
    if not _NAME.fullmatch(name) or name != name.lower():
        raise SlackError("invalid_name_specials")
    return name


def _short(text: str) -> str:
    if len(text) > _TOPIC_LIMIT:
        raise SlackError("too_long")
    return text
