"""One message that Slack shows growing: chat.startStream, appendStream, stopStream."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.blocks.kit import Block
from handlers.sender import codes
from handlers.sender.capabilities import Capabilities
from handlers.sender.gate import SlackCalls, SlackRefused
from handlers.sender.target import Target, metadata_of
from services.entities.posts import Post

START, APPEND, STOP = "chat.startStream", "chat.appendStream", "chat.stopStream"
SESSIONS = "agents.sessions.setStatus"


class StreamedMessage:
    """`ts` is None until the first `show`. Raises what SlackCalls raises."""

    method = APPEND
    pace = 1.0  # seconds between two calls while there is room

    def __init__(
        self, calls: SlackCalls, able: Capabilities, target: Target, post: Post, ts: str | None = None
    ) -> None:
        self._calls = calls
        self._able = able
        self._target = target
        self._post = post
        self.ts = ts

    async def show(self, whole: str, new: str) -> None:
        if self.ts is None:
            self.ts = await self._start(whole)
        elif new:
            body = {"channel": self._target.channel, "ts": self.ts, "chunks": chunks(new)}
            await self._calls.send(self._target.team, APPEND, body)

    async def close(self, whole: str, new: str, footer: Sequence[Block]) -> None:
        """End the message; with a footer it is the answer's last one."""
        if self.ts is None:
            await self.show(whole, new)
            new = ""
        body: dict[str, Any] = {
            "channel": self._target.channel,
            "ts": self.ts,
            "metadata": metadata_of(self._post),
        }
        if new:
            body["chunks"] = chunks(new)
        if footer:
            body["blocks"] = list(footer)
        if footer and self._able.has(self._target.team, SESSIONS):
            body["session_status"] = "active"
        await self._calls.send(self._target.team, STOP, body, repeat=True)

    async def halt(self, footer: Sequence[Block] = ()) -> None:
        """Make sure that Slack takes the message for finished; it may have been already."""
        body: dict[str, Any] = {
            "channel": self._target.channel,
            "ts": self.ts,
            "metadata": metadata_of(self._post),
        }
        if footer:
            body["blocks"] = list(footer)
        try:
            await self._calls.send(self._target.team, STOP, body, repeat=True)
        except SlackRefused as error:
            if error.code not in codes.CLOSED and error.code != codes.STOPPED:
                raise

    async def _start(self, text: str) -> str:
        """The gate's place for the start was taken when streaming was chosen."""
        target = self._target
        body = {
            "channel": target.channel,
            "thread_ts": target.thread_ts,
            "recipient_team_id": target.team,
            "recipient_user_id": target.user,
            "chunks": chunks(text),
        }
        answer = await self._calls.send(target.team, START, body, taken=True)
        return str(answer["ts"])


def chunks(text: str) -> list[dict[str, str]]:
    return [{"type": "markdown_text", "text": text}]
