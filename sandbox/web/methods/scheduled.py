"""chat.scheduleMessage and what belongs to it."""

from collections.abc import Iterable
from typing import Any

from sandbox.state import Workspace
from sandbox.state.scheduled import Schedule, Scheduled
from sandbox.web.access import joined_channel, visible_channel
from sandbox.web.arguments import signature
from sandbox.web.content import content, metadata, something
from sandbox.web.errors import SlackError
from sandbox.web.method import TIER_3, Call, Method
from sandbox.web.pages import limit_of, page
from sandbox.web.pages import metadata as next_page

_WRITE = ("chat:write",)
_LATEST = 120 * 24 * 3600
_WINDOW, _MOST_IN_WINDOW = 300, 30
_TOO_LATE = 60  # seconds before it is posted, in which it can no longer be taken back
_SCHEDULE = signature(
    "channel! post_at! text blocks:json attachments:json markdown_text metadata:json thread_ts reply_broadcast:bool "
    "unfurl_links:bool unfurl_media:bool link_names:bool parse as_user:bool"
)
_DELETE = signature("channel! scheduled_message_id! as_user:bool")
_LIST = signature("channel cursor latest oldest limit:int")


class ScheduleMethods:
    def __init__(self, workspace: Workspace, schedule: Schedule) -> None:
        self._workspace, self._schedule = workspace, schedule

    def methods(self) -> Iterable[Method]:
        yield Method("chat.scheduleMessage", self.add, _SCHEDULE, _WRITE, per_minute=TIER_3)
        yield Method("chat.deleteScheduledMessage", self.delete, _DELETE, _WRITE, per_minute=TIER_3)
        yield Method("chat.scheduledMessages.list", self.listing, _LIST, per_minute=TIER_3)

    def add(self, call: Call) -> dict[str, Any]:
        fields = something(content(self._workspace, call.args))
        channel = joined_channel(self._workspace, call.caller.user, call["channel"])
        if channel.archived:
            raise SlackError("is_archived")
        if call.get("metadata") is not None:
            fields["metadata"] = metadata(call["metadata"])
        if call.get("thread_ts"):
            fields |= {"thread_ts": call["thread_ts"], "broadcast": bool(call.get("reply_broadcast"))}
        post_at = self._moment(call["post_at"])
        near = [item for item in self._schedule.waiting(channel) if abs(item.post_at - post_at) < _WINDOW]
        if len(near) >= _MOST_IN_WINDOW:
            raise SlackError("restricted_too_many")
        item = self._schedule.add(channel, call.caller.user, post_at, fields)
        return {
            "scheduled_message_id": item.id,
            "channel": channel.id,
            "post_at": post_at,
            "message": self._shown(item),
        }

    def delete(self, call: Call) -> dict[str, Any]:
        channel = visible_channel(self._workspace, call.caller.user, call["channel"])
        soon = self._workspace.clock.now() + _TOO_LATE
        for item in self._schedule.waiting(channel):
            if item.id == call["scheduled_message_id"] and item.post_at > soon:
                self._schedule.remove(item)
                return {}
        raise SlackError("invalid_scheduled_message_id")

    def listing(self, call: Call) -> dict[str, Any]:
        channel = None
        if call.get("channel"):
            channel = self._workspace.channels.get(call["channel"])
            if channel is None:
                raise SlackError("invalid_channel")
        first, last = _limit(call, "oldest", 0), _limit(call, "latest", None)
        found = [
            item
            for item in self._schedule.waiting(channel)
            if item.post_at >= (first or 0) and (last is None or item.post_at <= last)
        ]
        shown, following = page(found, call.get("cursor"), limit_of(call.get("limit")))
        return {"scheduled_messages": [_listed(item) for item in shown], **next_page(following)}

    def _moment(self, raw: str) -> int:
        try:
            post_at = int(raw)
        except ValueError:
            raise SlackError("invalid_time") from None
        now = self._workspace.clock.now()
        if post_at <= now:
            raise SlackError("time_in_past")
        if post_at > now + _LATEST:
            raise SlackError("time_too_far")
        return post_at

    def _shown(self, item: Scheduled) -> dict[str, Any]:
        bot = item.sender
        shown = {"type": "delayed_message", "text": item.text, "user": bot.id, "bot_id": bot.bot_id}
        extra = {name: item.fields[name] for name in ("blocks", "attachments") if item.fields.get(name)}
        return {**shown, "app_id": bot.app_id, "team": self._workspace.team_id, **extra}


def _listed(item: Scheduled) -> dict[str, Any]:
    return {
        "id": item.id,
        "channel_id": item.channel.id,
        "post_at": item.post_at,
        "date_created": item.created,
        "text": item.text,
    }


def _limit(call: Call, name: str, default: int | None) -> int | None:
    try:
        return int(float(call[name])) if call.get(name) else default
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None
