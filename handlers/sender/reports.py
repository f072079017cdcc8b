"""Reports to one person: shown, shown anew in place of themselves, shared with those around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import aiohttp
import orjson

from handlers.blocks.kit import Block
from handlers.routes import Audience, Press
from handlers.sender.bulletins import Bulletins
from handlers.sender.charts import Charts, Draw
from handlers.sender.gate import SlackCalls, SlackRefused
from handlers.sender.origins import origin
from handlers.sender.replies import SlackReplies
from services.errors import SlackUnavailable

HOOKS = "https://hooks.slack.com"
_TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=5)


@dataclass(frozen=True, slots=True)
class Page:
    """`text` stands for the blocks in notifications; `draw` makes the picture of their chart."""

    text: str
    blocks: Sequence[Block]
    draw: Draw


class SlackReports:
    def __init__(
        self,
        calls: SlackCalls,
        replies: SlackReplies,
        bulletins: Bulletins,
        charts: Charts,
        session: aiohttp.ClientSession,
        api_url: str,
    ) -> None:
        self._calls = calls
        self._replies = replies
        self._bulletins = bulletins
        self._charts = charts
        self._session = session
        self._origins = frozenset({HOOKS, origin(api_url)})

    async def show(self, to: Audience, page: Page) -> None:
        async def post(blocks: list[Block]) -> None:
            await self._replies.show(to, page.text, blocks)

        await self._charts.show(to.place.team, page.blocks, page.draw, post)

    async def tell(self, to: Audience, text: str) -> None:
        await self._replies.show(to, text)

    async def replace(self, press: Press, page: Page) -> None:
        """In place of the message whose button was pressed; below it where Slack no longer lets us."""

        async def post(blocks: list[Block]) -> None:
            body: Block = {"text": page.text, "blocks": blocks}
            if press.channel_kind == "im":
                where = {"channel": press.to.place.channel, "ts": press.message["ts"]}
                await self._calls.send(press.actor.team, "chat.update", {**where, **body}, repeat=True)
            else:
                await self._respond(press.to.response_url or "", {"replace_original": True, **body})

        try:
            await self._charts.show(press.actor.team, page.blocks, page.draw, post)
        except SlackUnavailable:
            await self.show(press.beside, page)

    async def share(self, press: Press, page: Page) -> None:
        """For everybody where it was asked, in the same thread; once, however often Slack tells of the press."""
        shared_id = uuid5(NAMESPACE_URL, f"share:{press.actor.team}:{press.key}")
        place = press.beside.place

        async def post(blocks: list[Block]) -> None:
            await self._bulletins.show(shared_id, place, page.text, blocks)

        await self._charts.show(place.team, page.blocks, page.draw, post)

    async def _respond(self, url: str, body: Block) -> None:
        """Slack's own way to change what only one person sees. Raises SlackUnavailable."""
        if origin(url) not in self._origins:
            raise SlackUnavailable("response_url", "strange_address")
        headers = {"Content-Type": "application/json"}
        try:
            async with self._session.post(
                url, data=orjson.dumps(body), headers=headers, timeout=_TIMEOUT, allow_redirects=False
            ) as answer:
                raw = await answer.read()
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise SlackUnavailable("response_url", type(error).__name__) from error
        if answer.status != 200 or _refusal(raw):
            raise SlackRefused("response_url", _refusal(raw) or str(answer.status))


def _refusal(raw: bytes) -> str:
    """Slack's error name, where the answer is one."""
    try:
        told: Any = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return ""
    refused = isinstance(told, dict) and told.get("ok") is False
    return str(told.get("error") or "refused") if refused else ""
