"""What is said about a turn beside its answer."""

from __future__ import annotations

from typing import Any

from handlers.blocks.kit import Block
from handlers.sender.edits import UPDATE, post_once
from handlers.sender.gate import ResponseLost, SlackCalls
from handlers.sender.ledger import NOTICE, QUESTION, WHISPER, Ledger
from handlers.sender.recovery import Finder
from handlers.sender.target import QUIET, fallback_text, metadata_of
from services.entities.conversations import Place
from services.entities.posts import Post
from services.entities.turns import Turn

EPHEMERAL = "chat.postEphemeral"
POST = "chat.postMessage"


class Notices:
    def __init__(self, calls: SlackCalls, ledger: Ledger, finder: Finder) -> None:
        self._calls = calls
        self._ledger = ledger
        self._finder = finder

    async def say(self, turn: Turn, place: Place, text: str, blocks: list[Block]) -> None:
        """A turn has one notice: said again it is the same message, rewritten."""
        post, ts = await self._intended(turn, place, NOTICE)
        body = {"text": fallback_text(text), "blocks": blocks, "metadata": metadata_of(post)}
        if ts is None:
            await self._post(post, body)
        else:
            await self._calls.send(
                place.team, UPDATE, {"channel": place.channel, "ts": ts, **body}, repeat=True
            )
            await self._ledger.sealed(post, ts)

    async def question(self, turn: Turn, place: Place, text: str, blocks: list[Block]) -> str:
        """The ts under which the question of a command or shortcut stands."""
        post, ts = await self._intended(turn, place, QUESTION)
        body = {"text": fallback_text(text), "blocks": blocks, "metadata": metadata_of(post)}
        return ts or await self._post(post, body)

    async def whisper(self, turn: Turn, place: Place, text: str, blocks: list[Block]) -> None:
        """To the asker alone. Slack shows it to nobody else, so one whose answer was lost cannot be looked
        for; it counts as shown."""
        shown, post = await self._ledger.begin(turn.id, place, WHISPER)
        post = post or shown.of(WHISPER)[-1]
        if post.ts is not None:
            return
        where: dict[str, Any] = {"channel": place.channel, "user": turn.user}
        if place.thread_ts is not None:
            where["thread_ts"] = place.thread_ts
        try:
            answer = await self._calls.send(
                place.team, EPHEMERAL, {**where, "text": fallback_text(text), "blocks": blocks}
            )
        except ResponseLost as lost:
            answer = {"message_ts": f"lost:{lost.code}"}
        await self._ledger.sealed(post, str(answer["message_ts"]))

    async def direct(self, turn: Turn, text: str, blocks: list[Block]) -> None:
        """To the asker's own conversation with us, where the place they asked in is closed to us."""
        body = {"channel": turn.user, "text": fallback_text(text), "blocks": blocks, **QUIET}
        await self._calls.send(turn.team, POST, body)

    async def _intended(self, turn: Turn, place: Place, kind: str) -> tuple[Post, str | None]:
        """The post, meant now or before, and its ts if it is in Slack already."""
        shown, fresh = await self._ledger.begin(turn.id, place, kind)
        if fresh is not None:
            return fresh, None
        post = shown.of(kind)[-1]
        if post.ts is not None:
            return post, post.ts
        found = await self._finder.find(post, shown.timestamps)
        return post, found.ts if found else None

    async def _post(self, post: Post, body: dict[str, Any]) -> str:
        where: dict[str, Any] = {"channel": post.channel}
        if post.thread_ts is not None:
            where["thread_ts"] = post.thread_ts
        ts = await post_once(self._calls, self._finder, post, {**where, **body, **QUIET})
        await self._ledger.sealed(post, ts)
        return ts
