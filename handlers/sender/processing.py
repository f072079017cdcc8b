"""Messages with pictures that Slack may not have finished taking in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog

from handlers.blocks.kit import Block
from handlers.sender.gate import SlackRefused
from services.ports.clock import Clock

log = structlog.get_logger()

REFUSALS = frozenset({"invalid_blocks", "invalid_blocks_format", "invalid_arguments"})
"""For a message, and for a view, whose blocks are an argument among others."""
PAUSES = (0.5, 1.0, 2.0, 4.0)  # seconds between tries

T = TypeVar("T")
Post = Callable[[list[Block]], Awaitable[T]]


async def once_processed(clock: Clock, blocks: list[Block], post: Post[T]) -> T:
    """What `post` gave. Raises SlackRefused where Slack does not take it at last."""
    for pause in PAUSES:
        try:
            return await post(blocks)
        except SlackRefused as refusal:
            if refusal.code not in REFUSALS:
                raise
        await clock.sleep(pause)
    return await post(blocks)


async def with_pictures(clock: Clock, blocks: Sequence[Block], post: Post[T]) -> T:
    """Without them where Slack does not take them, as when one was deleted there."""
    plain = [block for block in blocks if block["type"] != "image"]
    if len(plain) == len(blocks):
        return await post(plain)
    try:
        return await once_processed(clock, list(blocks), post)
    except SlackRefused as refusal:
        if refusal.code not in REFUSALS:
            raise
        log.warning("picture.refused", code=refusal.code)
        return await post(plain)
