"""How an answer begins: its intent committed, what an earlier attempt left closed."""

from __future__ import annotations

from dataclasses import replace

from handlers.blocks.chat import abandoned
from handlers.sender.gate import SlackRefused
from handlers.sender.ledger import ANSWER, Shown
from handlers.sender.pages import Pages, new_page
from handlers.sender.target import Target
from handlers.sender.tools import Tools
from services.entities import Post


async def open_pages(tools: Tools, target: Target) -> Pages:
    shown, post = await tools.ledger.begin(target.turn_id, target.place, ANSWER)
    if post is None:
        post = await _anew(tools, target, shown)
    return Pages(tools, target, await new_page(tools, target, post), tuple(shown.timestamps))


async def _anew(tools: Tools, target: Target, shown: Shown) -> Post:
    """The turn is answered again: what is left of the earlier attempt is closed and no longer counts."""
    left = [post if post.sealed else await _closed(tools, target, post, shown) for post in shown.of(ANSWER)]
    following = tools.ledger.draft(target.turn_id, target.place, shown.next_part, ANSWER)
    await tools.ledger.abandoned(left, following)
    return following


async def _closed(tools: Tools, target: Target, post: Post, shown: Shown) -> Post:
    ts = post.ts
    if ts is None:
        found = await tools.finder.find(post, shown.timestamps)
        ts = found.ts if found else None
    if ts is not None:
        try:
            await tools.streamed(target, post, ts).halt(abandoned())
        except SlackRefused:
            return replace(post, ts=ts)  # no stream, or gone: nothing to close
    return replace(post, ts=ts)
