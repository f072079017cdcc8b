"""Messages that are being streamed: they grow, and they die after a while or when a person says so."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.state.changes import Streamed
from sandbox.state.models import Channel, Json, Message, User

if TYPE_CHECKING:
    from sandbox.state.workspace import Workspace

NOT_STREAMING = "message_not_in_streaming_state"
STOPPED = "stopped_by_user"


@dataclass
class _Stream:
    message: Message
    dies_at: float
    timer: asyncio.TimerHandle


class Streams:
    def __init__(self, workspace: "Workspace", lifetime: float) -> None:
        self._workspace, self._lifetime = workspace, lifetime
        self._streams: dict[str, _Stream] = {}
        self._stopped: set[str] = set()

    def start(self, channel: Channel, sender: User, thread_ts: str | None, author: Json) -> Message:
        message = self._workspace.messages.post(
            channel,
            sender,
            "",
            thread_ts=thread_ts,
            app_authored=True,
            markdown="",
            streaming_state="in_progress",
            **author,
        )
        timer = asyncio.get_running_loop().call_later(self._lifetime, self._expire, message)
        dies_at = self._workspace.clock.now() + self._lifetime
        self._streams[message.ts] = _Stream(message, dies_at, timer)
        return message

    def add(self, message: Message, chunk: Json) -> None:
        match chunk["type"]:
            case "markdown_text":
                message.text += chunk["text"]
                message.markdown = message.text
                self._workspace.tell(Streamed(message, chunk["text"]))
            case "blocks":
                message.blocks = [*(message.blocks or []), *chunk["blocks"]]
                self._workspace.tell(Streamed(message, ""))
            case _:
                _merge(message.chunks, chunk)
                self._workspace.tell(Streamed(message, ""))

    def finish(self, message: Message, blocks: list[Json], metadata: Json | None) -> None:
        changes: Json = {"streaming_state": "completed"}
        if blocks:
            changes["blocks"] = [*(message.blocks or []), *blocks]
        if metadata is not None:
            changes["metadata"] = metadata
        self._end(message)
        self._workspace.messages.change(message, **changes)

    def why_ended(self, message: Message) -> str | None:
        """Slack's error for a stream that is over; None while it lives."""
        if message.ts in self._stopped:
            return STOPPED
        stream = self._streams.get(message.ts)
        if stream is not None and self._workspace.clock.now() >= stream.dies_at:
            self._expire(message)
        return None if message.ts in self._streams else NOT_STREAMING

    def stop_by_user(self, channel: Channel, thread_ts: str | None) -> list[str]:
        """Ends the live streams of a conversation; their timestamps."""
        live = [stream for stream in self._streams.values() if _is_in(stream.message, channel, thread_ts)]
        for stream in live:
            self._stopped.add(stream.message.ts)
            self._end(stream.message)
            self._workspace.messages.change(stream.message, streaming_state="completed")
        return [stream.message.ts for stream in live]

    def close(self) -> None:
        for stream in self._streams.values():
            stream.timer.cancel()
        self._streams.clear()

    def _expire(self, message: Message) -> None:
        self._end(message)
        self._workspace.messages.change(message, streaming_state="completed")

    def _end(self, message: Message) -> None:
        self._streams.pop(message.ts).timer.cancel()


def _is_in(message: Message, channel: Channel, thread_ts: str | None) -> bool:
    return message.channel is channel and thread_ts in (None, message.root_ts)


def _merge(chunks: list[Any], chunk: Json) -> None:
    """A later update replaces title and status of its task; details and output go on where they were."""
    for known in chunks:
        if known["type"] == chunk["type"] and known.get("id") == chunk.get("id"):
            grown = {
                name: known.get(name, "") + chunk[name] for name in ("details", "output") if chunk.get(name)
            }
            known.update(chunk | grown)
            return
    chunks.append(dict(chunk))
