"""Showing a stored answer: all of it, or what a crash left unshown."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.blocks.kit import Block
from handlers.sender.edits import EditedMessage
from handlers.sender.ledger import ANSWER, Shown
from handlers.sender.pages import NO_TEXT
from handlers.sender.split import Piece, around_at, split
from handlers.sender.target import Target
from handlers.sender.tools import Tools
from services.entities.posts import Post


async def deliver(tools: Tools, target: Target, text: str, footer: Sequence[Block]) -> None:
    """`text` is sanitised, so that it is the one whose characters the posts count.

    Sealed messages are complete. The one that is not is rewritten from its beginning: whatever part of it
    had arrived, it then holds what it should.
    """
    shown, post = await tools.ledger.begin(target.turn_id, target.place, ANSWER)
    pieces = _left(shown, text.rstrip() or NO_TEXT)
    if not pieces:
        return
    post, message = await _first(tools, target, shown, post)
    for piece in pieces:
        last = piece is pieces[-1]
        await message.close(piece.shown, piece.shown, footer if last else ())
        following = None if last else tools.ledger.draft(target.turn_id, target.place, post.part + 1, ANSWER)
        await tools.ledger.sealed(post, str(message.ts), piece.end, following=following)
        if following is not None:
            post, message = following, tools.edited(target, following)


def _left(shown: Shown, text: str) -> list[Piece]:
    """What is to be shown behind the complete messages."""
    start = max((post.length for post in shown.of(ANSWER) if post.sealed), default=0)
    reopen = around_at(text, start).reopen if start else ""
    return list(split(text, start, reopen))


async def _first(tools: Tools, target: Target, shown: Shown, post: Post | None) -> tuple[Post, EditedMessage]:
    """The message that the first piece goes into: the unsealed one where it is in Slack, else a new one."""
    if post is not None:
        return post, tools.edited(target, post)
    begun = next((post for post in reversed(shown.of(ANSWER)) if not post.sealed), None)
    if begun is None:
        post = tools.ledger.draft(target.turn_id, target.place, shown.next_part, ANSWER)
        await tools.ledger.abandoned((), post)
        return post, tools.edited(target, post)
    ts = begun.ts
    if ts is None:
        found = await tools.finder.find(begun, shown.timestamps)
        ts = found.ts if found else None
    if ts is not None:
        await tools.streamed(target, begun, ts).halt()
    return begun, tools.edited(target, begun, ts)
