"""What happens in the workspace, as the events that the app has subscribed to and may see."""

from collections.abc import Callable
from typing import Any

from sandbox.delivery.courier import Courier
from sandbox.manifest import Manifest
from sandbox.settings import Credentials
from sandbox.state import Change, Channel, Message, Workspace
from sandbox.state.changes import (
    Changed,
    ChannelChanged,
    Deleted,
    FileShared,
    Membership,
    Pinned,
    Posted,
    Reacted,
    SessionRenamed,
    UserChanged,
)
from sandbox.state.models import Json

_MESSAGE_EVENTS = {
    "public": ("message.channels", "channel"),
    "private": ("message.groups", "group"),
    "im": ("message.im", "im"),
    "mpim": ("message.mpim", "mpim"),
}


class Events:
    """Listens to the workspace; hands to the courier what the app's manifest and membership allow."""

    def __init__(
        self, workspace: Workspace, manifest: Manifest, credentials: Credentials, courier: Courier
    ) -> None:
        self._workspace, self._manifest = workspace, manifest
        self._token, self._courier = credentials.verification_token, courier
        self._tellers: dict[type[Any], Callable[[Any], None]] = {
            Posted: self._posted,
            Changed: self._changed,
            Deleted: self._deleted,
            Reacted: self._reacted,
            Pinned: self._pinned,
            Membership: self._membership,
            ChannelChanged: self._channel_changed,
            FileShared: self._file_shared,
            SessionRenamed: self._session_renamed,
            UserChanged: self._user_changed,
        }
        workspace.listen(self._on_change)

    def send(self, event: Json, subscription: str | None = None) -> bool:
        """Delivers `event` as it is when subscribed to (by default to its own type); whether it was."""
        if not self._workspace.installed or not self._manifest.subscribes(subscription or event["type"]):
            return False
        event.setdefault("event_ts", self._workspace.clock.next_ts())
        self._courier.event(_name(event), self._envelope(event))
        return True

    def _on_change(self, change: Change) -> None:
        tell = self._tellers.get(type(change))
        if tell is not None:
            tell(change)

    def _user_changed(self, change: UserChanged) -> None:
        user = self._workspace.shown_user(change.user)
        self.send({"type": "user_change", "user": user, "cache_ts": int(self._workspace.clock.now())})

    def _posted(self, change: Posted) -> None:
        message = change.message
        if message.ephemeral_for is not None:
            return
        if self._mentions_the_app(message):
            self._send_mention(message)
        if self._is_member(message.channel):
            self._send_message(message.channel, {**self._workspace.shown(message), "event_ts": message.ts})

    def _changed(self, change: Changed) -> None:
        message = change.message
        if message.ephemeral_for is None and self._is_member(message.channel):
            shown = self._workspace.shown(message)
            self._send_message(
                message.channel,
                self._hidden("message_changed", message=shown, previous_message=change.previous),
            )

    def _deleted(self, change: Deleted) -> None:
        if self._is_member(change.message.channel):
            fields = {"deleted_ts": change.message.ts, "previous_message": change.previous}
            self._send_message(change.message.channel, self._hidden("message_deleted", **fields))

    def _reacted(self, change: Reacted) -> None:
        message = change.message
        if self._is_member(message.channel):
            self.send(
                {
                    "type": "reaction_added" if change.added else "reaction_removed",
                    "user": change.user.id,
                    "reaction": change.name,
                    "item": {"type": "message", "channel": message.channel.id, "ts": message.ts},
                    "item_user": message.sender.id,
                }
            )

    def _membership(self, change: Membership) -> None:
        is_own = change.user is self._workspace.bot
        if not is_own and not self._is_member(change.channel):
            return
        event = {
            "type": "member_joined_channel" if change.joined else "member_left_channel",
            "user": change.user.id,
            "channel": change.channel.id,
            "channel_type": "C" if change.channel.kind == "public" else "G",
            "team": self._workspace.team_id,
        }
        self.send(event | ({"inviter": change.inviter.id} if change.inviter else {}))
        if is_own and not change.joined:
            gone = "channel_left" if change.channel.kind == "public" else "group_left"
            self.send({"type": gone, "channel": change.channel.id, "actor_id": change.user.id})

    def _pinned(self, change: Pinned) -> None:
        message = change.message
        if self._is_member(message.channel):
            shown = {
                "type": "message",
                "channel": message.channel.id,
                "message": self._workspace.shown(message),
            }
            self.send(
                {
                    "type": "pin_added" if change.added else "pin_removed",
                    "user": change.user.id,
                    "channel_id": message.channel.id,
                    "item": {
                        **shown,
                        "created": int(self._workspace.clock.now()),
                        "created_by": change.user.id,
                    },
                    "item_user": message.sender.id,
                    "pin_count": len(message.channel.pins),
                }
            )

    def _channel_changed(self, change: ChannelChanged) -> None:
        """A new topic is told by its message alone."""
        channel = change.channel
        prefix = "channel" if channel.kind == "public" else "group"
        shown = {"id": channel.id, "name": channel.name, "created": channel.created}
        match change.how:
            case "created" if prefix == "channel":
                self.send({"type": "channel_created", "channel": {**shown, "creator": change.user.id}})
            case "renamed" if self._is_member(channel):
                self.send({"type": f"{prefix}_rename", "channel": shown})
            case "archived" if self._is_member(channel):
                self.send({"type": f"{prefix}_archive", "channel": channel.id, "user": change.user.id})
            case _:
                pass

    def _file_shared(self, change: FileShared) -> None:
        if self._is_member(change.message.channel):
            self.send(
                {
                    "type": "file_shared",
                    "file_id": change.file.id,
                    "user_id": change.message.sender.id,
                    "file": {"id": change.file.id},
                    "channel_id": change.message.channel.id,
                }
            )

    def _session_renamed(self, change: SessionRenamed) -> None:
        session = change.session
        self.send(
            {
                "type": "agent_session_title_changed",
                "channel": session.channel.id,
                "user": change.user.id,
                "team_id": self._workspace.team_id,
                "thread_ts": session.thread_ts,
                "title": session.title,
                "previous_title": change.previous_title,
            }
        )

    def _send_mention(self, message: Message) -> None:
        event = {**self._workspace.shown(message), "type": "app_mention", "event_ts": message.ts}
        event.pop("subtype", None)
        self.send({**event, "channel": message.channel.id})

    def _send_message(self, channel: Channel, event: Json) -> None:
        subscription, channel_type = _MESSAGE_EVENTS[channel.kind]
        event |= {"channel": channel.id, "channel_type": channel_type}
        if channel.kind == "im" and self._manifest.agent and "subtype" not in event:
            event["app_context"] = {"entities": []}
        self.send(event, subscription)

    def _hidden(self, subtype: str, **fields: Any) -> Json:
        ts = self._workspace.clock.next_ts()
        return {"type": "message", "subtype": subtype, "hidden": True, "ts": ts, "event_ts": ts, **fields}

    def _mentions_the_app(self, message: Message) -> bool:
        """In a public channel also where the app is no member; never in direct messages."""
        channel, bot = message.channel, self._workspace.bot
        if channel.is_direct or message.sender is bot or f"<@{bot.id}" not in message.text:
            return False
        return channel.kind == "public" or self._is_member(channel)

    def _is_member(self, channel: Channel) -> bool:
        return self._workspace.bot.id in channel.members

    def _envelope(self, event: Json) -> Json:
        bot = self._workspace.bot
        return {
            "token": self._token,
            "team_id": self._workspace.team_id,
            "context_team_id": self._workspace.team_id,
            "context_enterprise_id": None,
            "api_app_id": bot.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": self._workspace.ids.new("Ev"),
            "event_time": int(self._workspace.clock.now()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self._workspace.team_id,
                    "user_id": bot.id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{self._workspace.ids.hex(48)}",
        }


def _name(event: Json) -> str:
    """`message.channels` and friends stay `message`; a subtype is part of the name."""
    subtype = event.get("subtype") if event["type"] == "message" else None
    return f"message/{subtype}" if subtype else str(event["type"])
