"""One message that is posted and then rewritten as it grows: where there is no streaming."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from handlers.blocks.kit import Block
from handlers.sender import codes
from handlers.sender.gate import ResponseLost, SlackCalls, SlackRefused
from handlers.sender.recovery import Finder
from handlers.sender.target import QUIET, Target, answer_content, metadata_of, plain_content
from services.entities.posts import Post

POST, UPDATE = "chat.postMessage", "chat.update"


class EditedMessage:
    """Every call sends the whole text, so none of them can lose or double anything."""

    method = UPDATE
    pace = 2.0

    def __init__(
        self, calls: SlackCalls, finder: Finder, target: Target, post: Post, ts: str | None = None
    ) -> None:
        self._calls = calls
        self._finder = finder
        self._target = target
        self._post = post
        self.ts = ts

    async def show(self, whole: str, new: str) -> None:
        if new or self.ts is None:
            await self._write(whole, ())

    async def close(self, whole: str, new: str, footer: Sequence[Block]) -> None:
        if new or footer or self.ts is None:
            await self._write(whole, footer)

    async def rewrite(self, whole: str, footer: Sequence[Block]) -> None:
        await self._write(whole, footer)

    async def _write(self, whole: str, footer: Sequence[Block]) -> None:
        try:
            await self._send(answer_content(whole, footer))
        except SlackRefused as error:
            if error.code not in codes.CONTENT:
                raise
            await self._send(plain_content(whole, footer))

    async def _send(self, content: dict[str, Any]) -> None:
        content = {**content, "metadata": metadata_of(self._post)}
        target = self._target
        if self.ts is None:
            body = {"channel": target.channel, "thread_ts": target.thread_ts, **content, **QUIET}
            self.ts = await post_once(self._calls, self._finder, self._post, body)
        else:
            body = {"channel": target.channel, "ts": self.ts, **content}
            await self._calls.send(target.team, UPDATE, body, repeat=True)


async def post_once(
    calls: SlackCalls, finder: Finder, post: Post, body: dict[str, Any], known: Collection[str] = ()
) -> str:
    """Post a message that carries our id; one whose answer was lost is looked for before it is sent again."""
    try:
        answer = await calls.send(post.team, POST, body, channel=post.channel)
    except ResponseLost:
        found = await finder.after_loss(post, known)
        if found is not None:
            return found.ts
        answer = await calls.send(post.team, POST, body, channel=post.channel)
    return str(answer["ts"])
