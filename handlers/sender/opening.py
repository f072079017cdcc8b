"""How an answer begins: its intent committed, what an earlier attempt left closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.blocks.chat import abandoned, broken_off
from handlers.blocks.kit import Block
from handlers.sender.gate import SlackRefused
from handlers.sender.ledger import ANSWER, Shown
from handlers.sender.pages import Pages, new_page
from handlers.sender.target import Target
from handlers.sender.tools import Tools
from services.entities import Post


async def open_pages(tools: Tools, target: Target) -> Pages:
    shown, post = await tools.ledger.begin(target.turn_id, target.place, ANSWER, first=target.begins)
    if post is None:
        post = await _anew(tools, target, shown)
    return Pages(tools, target, await new_page(tools, target, post), tuple(shown.timestamps))


async def _anew(tools: Tools, target: Target, shown: Shown) -> Post:
    """The turn is answered again: what is left of the earlier attempt is closed and no longer counts."""
    following = tools.ledger.draft(target.turn_id, target.place, shown.next_part, ANSWER)
    await tools.ledger.abandoned(await _all_closed(tools, target, shown, abandoned()), following)
    return following


async def close_left(tools: Tools, target: Target) -> None:
    """A dead worker's answer grows no more: the person is told something else instead."""
    shown = await tools.ledger.shown(target.turn_id)
    if any(not post.sealed for post in shown.of(ANSWER)):
        await tools.ledger.abandoned(await _all_closed(tools, target, shown, broken_off()))


async def _all_closed(tools: Tools, target: Target, shown: Shown, footer: Sequence[Block]) -> list[Post]:
    return [
        post if post.sealed else await _closed(tools, target, post, shown, footer)
        for post in shown.of(ANSWER)
    ]


async def _closed(tools: Tools, target: Target, post: Post, shown: Shown, footer: Sequence[Block]) -> Post:
    ts = post.ts
    if ts is None:
        found = await tools.finder.find(post, shown.timestamps)
        ts = found.ts if found else None
    if ts is not None:
        try:
            await tools.streamed(target, post, ts).halt(footer)
        except SlackRefused:
            return replace(post, ts=ts)  # no stream, or gone: nothing to close
    return replace(post, ts=ts)
