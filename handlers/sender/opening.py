"""How an answer begins: its intent committed, what an earlier attempt left closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handlers.blocks.chat import abandoned, broken_off
from handlers.blocks.kit import Block
from handlers.sender.gate import SlackRefused
from handlers.sender.ledger import ANSWER, Begun, Shown
from handlers.sender.pages import Pages, new_page
from handlers.sender.target import Target
from handlers.sender.tools import Tools
from services.entities.posts import Post


@dataclass
class Opening:
    """The first message of an answer, made ready; made ready again where that has failed."""

    tools: Tools
    target: Target
    begun: Begun | None

    async def __call__(self) -> Pages:
        begun, self.begun = self.begun, None
        tools, target = self.tools, self.target
        shown, post = begun or await tools.ledger.begin(target.turn_id, target.place, ANSWER)
        if post is None:
            post = await _anew(tools, target, shown)
        return Pages(tools, target, await new_page(tools, target, post), tuple(shown.timestamps))


async def intended(tools: Tools, target: Target) -> Opening:
    """Before the call whose answer it is: that call's commit takes the intent to the disk, together with its own row."""
    begun = await tools.ledger.begin(target.turn_id, target.place, ANSWER, first=target.begins, waits=False)
    return Opening(tools, target, begun)


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
