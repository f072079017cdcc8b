"""chat.startStream, appendStream, stopStream: a message that grows while people read it."""

from collections.abc import Iterable
from typing import Any

from sandbox.blocks import MARKDOWN_LIMIT
from sandbox.state import Channel, Message, Workspace
from sandbox.state.agents import Agents
from sandbox.state.streams import Streams
from sandbox.web.access import check_session_status, joined_channel, known_user, message_in
from sandbox.web.arguments import signature
from sandbox.web.content import checked_blocks, custom_author, metadata
from sandbox.web.errors import SlackError, invalid, invalid_arguments
from sandbox.web.method import TIER_2, TIER_4, Call, Method

_WRITE = ("chat:write",)
_START = signature(
    "channel! thread_ts markdown_text chunks:json recipient_team_id recipient_user_id task_display_mode "
    "icon_emoji icon_url username"
)
_APPEND = signature("channel! ts! markdown_text chunks:json")
_STOP = signature("channel! ts! markdown_text chunks:json blocks:json metadata:json session_status")
_TITLE_LIMIT = 256
_TASK_STATUSES = ("pending", "in_progress", "complete", "error")
_CHUNK_FIELDS = {
    "markdown_text": {"type", "text"},
    "plan_update": {"type", "title"},
    "task_update": {"type", "id", "title", "status", "details", "output", "sources"},
    "blocks": {"type", "blocks"},
}
_REQUIRED = {"markdown_text": ("text",), "plan_update": ("title",), "task_update": ("id", "title", "status")}


class StreamMethods:
    def __init__(self, workspace: Workspace, streams: Streams, agents: Agents) -> None:
        self._workspace, self._streams, self._agents = workspace, streams, agents

    def methods(self) -> Iterable[Method]:
        yield Method("chat.startStream", self.start, _START, _WRITE, per_minute=TIER_2)
        yield Method("chat.appendStream", self.append, _APPEND, _WRITE, per_minute=TIER_4)
        yield Method("chat.stopStream", self.stop, _STOP, _WRITE, per_minute=TIER_2)

    def start(self, call: Call) -> dict[str, Any]:
        channel = joined_channel(self._workspace, call.caller.user, call["channel"])
        if call.get("task_display_mode", "timeline") not in ("timeline", "plan"):
            raise invalid_arguments("task_display_mode must be timeline or plan")
        chunks = self._chunks(call)
        self._check_recipient(channel, call)
        self._check_thread(channel, call)
        author = custom_author(call.caller, call.args)
        message = self._streams.start(channel, call.caller.user, call.get("thread_ts"), author)
        self._apply(message, chunks)
        return {"channel": channel.id, "ts": message.ts}

    def append(self, call: Call) -> dict[str, Any]:
        message = self._live(call)
        chunks = self._chunks(call)
        if not chunks:
            raise SlackError("no_text")
        self._apply(message, chunks)
        return {"channel": message.channel.id, "ts": message.ts}

    def stop(self, call: Call) -> dict[str, Any]:
        message = self._live(call)
        chunks = self._chunks(call)
        blocks = call.get("blocks")
        closing = checked_blocks(self._workspace, blocks) if blocks is not None else []
        about = metadata(call["metadata"]) if call.get("metadata") is not None else None
        status = call.get("session_status")
        if status is not None:
            check_session_status(status)
        self._apply(message, chunks)
        self._streams.finish(message, closing, about)
        if status is not None:
            self._agents.set_status(message.channel, message.thread_ts, status)
        shown = self._workspace.shown(message, with_metadata=True)
        return {"channel": message.channel.id, "ts": message.ts, "message": shown}

    def _live(self, call: Call) -> Message:
        channel = joined_channel(self._workspace, call.caller.user, call["channel"])
        message = message_in(channel, call["ts"])
        if message.sender is not call.caller.user:
            raise SlackError("message_not_owned_by_app")
        ended = self._streams.why_ended(message)
        if ended is not None:
            raise SlackError(ended)
        return message

    def _chunks(self, call: Call) -> list[dict[str, Any]]:
        text, chunks = call.get("markdown_text"), call.get("chunks")
        if text is not None and chunks is not None:
            raise SlackError("cannot_provide_both_markdown_text_and_chunks")
        if text is not None:
            chunks = [{"type": "markdown_text", "text": text}] if text else []
        if chunks is not None and not isinstance(chunks, list):
            raise invalid("invalid_chunks", ["must provide an array [json-pointer:/chunks]"])
        for index, chunk in enumerate(chunks or []):
            self._check_chunk(chunk, f"/chunks/{index}")
        return chunks or []

    def _check_chunk(self, chunk: Any, path: str) -> None:
        kind = chunk.get("type") if isinstance(chunk, dict) else None
        if kind not in _CHUNK_FIELDS:
            raise invalid("invalid_chunks", [f"unsupported type: {kind} [json-pointer:{path}/type]"])
        missing = [name for name in _REQUIRED.get(kind, ()) if not isinstance(chunk.get(name), str)]
        unknown = sorted(chunk.keys() - _CHUNK_FIELDS[kind])
        problems = [f"missing required field: {name} [json-pointer:{path}]" for name in missing]
        problems += [f"invalid additional property: {name} [json-pointer:{path}]" for name in unknown]
        if kind == "task_update" and chunk.get("status") not in _TASK_STATUSES:
            problems.append(f"invalid status [json-pointer:{path}/status]")
        if len(chunk.get("title", "")) > _TITLE_LIMIT:
            problems.append(f"must be less than {_TITLE_LIMIT + 1} characters [json-pointer:{path}/title]")
        if problems:
            raise invalid("invalid_chunks", problems)
        if len(chunk.get("text", "")) > MARKDOWN_LIMIT:
            raise SlackError("msg_too_long")
        if kind == "blocks":
            checked_blocks(self._workspace, chunk.get("blocks"))

    def _apply(self, message: Message, chunks: list[dict[str, Any]]) -> None:
        for chunk in chunks:
            if chunk["type"] == "blocks":
                chunk = {**chunk, "blocks": checked_blocks(self._workspace, chunk["blocks"])}
            self._streams.add(message, chunk)

    def _check_recipient(self, channel: Channel, call: Call) -> None:
        if channel.kind == "im":
            return
        for name in ("recipient_team_id", "recipient_user_id"):
            if not call.get(name):
                raise SlackError(f"missing_{name}")
        if call["recipient_team_id"] != self._workspace.team_id:
            raise SlackError("team_not_found")
        known_user(self._workspace, call["recipient_user_id"])

    def _check_thread(self, channel: Channel, call: Call) -> None:
        thread_ts = call.get("thread_ts")
        if thread_ts is None and channel.is_direct:
            raise SlackError("invalid_thread_ts")
        if thread_ts is not None and thread_ts not in channel.messages:
            raise SlackError("thread_not_found")
