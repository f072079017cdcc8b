"""chat.*: posting, changing and deleting messages."""

from collections.abc import Iterable
from typing import Any

from sandbox.state import Channel, Message, Workspace
from sandbox.web.access import (
    joined_channel,
    known_user,
    message_in,
    postable_channel,
    visible_channel,
)
from sandbox.web.arguments import signature
from sandbox.web.content import content, custom_author, metadata, something
from sandbox.web.errors import SlackError
from sandbox.web.method import TIER_3, TIER_4, Call, Method

_WRITE = ("chat:write",)
_CONTENT = "text blocks:json attachments:json markdown_text parse link_names:bool as_user:bool mrkdwn:bool"
_AUTHOR = "username icon_emoji icon_url"
_POST = signature(
    f"channel! thread_ts reply_broadcast:bool unfurl_links:bool unfurl_media:bool container_id "
    f"metadata:json {_CONTENT} {_AUTHOR}"
)
_UPDATE = signature(f"channel! ts! reply_broadcast:bool file_ids:csv metadata:json {_CONTENT}")
_EPHEMERAL = signature(f"channel! user! thread_ts {_CONTENT} {_AUTHOR}")
_UPDATED_TEXT_LIMIT = 4_000


class ChatMethods:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def methods(self) -> Iterable[Method]:
        named = signature("channel! ts! as_user:bool")
        linked = signature("channel! message_ts!")
        yield Method("chat.postMessage", self.post, _POST, _WRITE)
        yield Method("chat.update", self.update, _UPDATE, _WRITE, per_minute=TIER_3)
        yield Method("chat.delete", self.delete, named, _WRITE, per_minute=TIER_3)
        yield Method("chat.postEphemeral", self.post_ephemeral, _EPHEMERAL, _WRITE, per_minute=TIER_4)
        yield Method("chat.getPermalink", self.permalink, linked)

    def post(self, call: Call) -> dict[str, Any]:
        found = something(content(self._workspace, call.args)) | custom_author(call.caller, call.args)
        publicly = "chat:write.public" in call.caller.scopes
        channel = postable_channel(self._workspace, call.caller.user, call["channel"], publicly=publicly)
        if call.get("metadata") is not None:
            found["metadata"] = metadata(call["metadata"])
        found |= self._thread(channel, call)
        message = self._workspace.messages.post(
            channel, call.caller.user, found.pop("text", ""), app_authored=True, **found
        )
        shown = self._workspace.shown(message, with_metadata=True)
        return {"channel": channel.id, "ts": message.ts, "message": shown}

    def update(self, call: Call) -> dict[str, Any]:
        channel, message = self._own(call, "cant_update_message")
        if message.streaming_state == "in_progress":
            raise SlackError("streaming_state_conflict")
        if len(call.get("text", "")) > _UPDATED_TEXT_LIMIT:
            raise SlackError("msg_too_long")
        changes = content(self._workspace, call.args)
        if call.get("metadata") is not None:
            changes["metadata"] = metadata(call["metadata"])
        if not changes:
            raise SlackError("no_text")
        if "text" in changes:
            changes["chunks"] = []
        self._workspace.messages.edit(message, call.caller.user, **changes)
        shown = self._workspace.shown(message, with_metadata=True)
        return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}

    def delete(self, call: Call) -> dict[str, Any]:
        channel, message = self._own(call, "cant_delete_message")
        self._workspace.messages.delete(message)
        return {"channel": channel.id, "ts": message.ts}

    def post_ephemeral(self, call: Call) -> dict[str, Any]:
        found = something(content(self._workspace, call.args)) | custom_author(call.caller, call.args)
        channel = joined_channel(self._workspace, call.caller.user, call["channel"])
        reader = known_user(self._workspace, call["user"])
        if reader.id not in channel.members:
            raise SlackError("user_not_in_channel")
        found |= self._thread(channel, call)
        message = self._workspace.messages.post_ephemeral(
            channel, reader, call.caller.user, found.pop("text", ""), app_authored=True, **found
        )
        return {"message_ts": message.ts}

    def permalink(self, call: Call) -> dict[str, Any]:
        channel = visible_channel(self._workspace, call.caller.user, call["channel"])
        message = message_in(channel, call["message_ts"])
        return {"channel": channel.id, "permalink": self._workspace.permalink(message)}

    def _own(self, call: Call, refusal: str) -> tuple[Channel, Message]:
        channel = visible_channel(self._workspace, call.caller.user, call["channel"])
        message = message_in(channel, call["ts"])
        if message.sender is not call.caller.user:
            raise SlackError(refusal)
        return channel, message

    def _thread(self, channel: Channel, call: Call) -> dict[str, Any]:
        thread_ts = call.get("thread_ts")
        if thread_ts is None:
            return {}
        if thread_ts not in channel.messages:
            raise SlackError("thread_not_found")
        broadcast = bool(call.get("reply_broadcast"))
        found = {"thread_ts": thread_ts, "broadcast": broadcast}
        return {**found, "subtype": "thread_broadcast"} if broadcast else found
