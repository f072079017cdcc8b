"""Messages with Slack's own charts and tables; with a picture, or as plain text, where a workspace refuses those."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog

from handlers.blocks.kit import Block
from handlers.sender.capabilities import Capabilities
from handlers.sender.gate import SlackRefused
from handlers.sender.processing import REFUSALS, Post, once_processed
from handlers.sender.uploads import SlackUploads, Upload
from services.errors import SlackUnavailable
from services.ports.clock import Clock

log = structlog.get_logger()

CHART, TABLE = "data_visualization", "data_table"
PLAIN = 3_000

T = TypeVar("T")
Draw = Callable[[], Awaitable[Upload]]


class Charts:
    def __init__(self, able: Capabilities, uploads: SlackUploads, clock: Clock) -> None:
        self._able = able
        self._uploads = uploads
        self._clock = clock

    async def show(self, team: str, blocks: Sequence[Block], draw: Draw, post: Post[T]) -> T:
        """What `post` gave; it is called again with the picture where it was refused the chart."""
        if not any(block["type"] == CHART for block in blocks):
            return await post(list(blocks))
        if self._able.has(team, CHART):
            try:
                return await post(list(blocks))
            except SlackRefused as refusal:
                if refusal.code not in REFUSALS:
                    raise
        # Only what is shown at last tells what it was that Slack did not take.
        if self._able.has(team, TABLE):
            try:
                shown = await self._pictured(team, blocks, draw, post)
            except SlackRefused as refusal:
                if refusal.code not in REFUSALS:
                    raise
            else:
                self._able.missing(team, CHART)
                return shown
        shown = await post(plain(blocks))
        self._able.missing(team, CHART)
        self._able.missing(team, TABLE)
        return shown

    async def _pictured(self, team: str, blocks: Sequence[Block], draw: Draw, post: Post[T]) -> T:
        try:
            picture = await draw()
            file = await self._uploads.keep(team, picture)
        except SlackUnavailable as error:
            log.warning("chart.no_picture", code=error.code)
            return await post(in_place_of_chart(blocks, []))
        return await once_processed(self._clock, in_place_of_chart(blocks, [image(file, picture)]), post)


def plain(blocks: Sequence[Block]) -> list[Block]:
    """No chart, and tables in letters of one width: every Slack shows that."""
    return [as_text(block) if block["type"] == TABLE else block for block in in_place_of_chart(blocks, [])]


def as_text(table: Block) -> Block:
    rows = [[_words(cell) for cell in row] for row in table["rows"]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    text = "\n".join([table["caption"], *(line.rstrip() for line in lines)])[:PLAIN]
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}],
    }


def _words(cell: Block) -> str:
    """A channel in a cell is shown by its id: letters of one width hold no links."""
    if cell["type"] != "rich_text":
        return str(cell["text"])
    [element] = cell["elements"][0]["elements"]
    return str(element.get("text") or element.get("channel_id") or "")


def image(file: str, picture: Upload) -> Block:
    title = {"type": "plain_text", "text": picture.title, "emoji": True}
    return {"type": "image", "slack_file": {"id": file}, "alt_text": picture.alt[:2000], "title": title}


def in_place_of_chart(blocks: Sequence[Block], instead: Sequence[Block]) -> list[Block]:
    """The first chart gives way to `instead`, others to nothing."""
    at = next(number for number, block in enumerate(blocks) if block["type"] == CHART)
    kept = [block for block in blocks if block["type"] != CHART]
    return [*kept[:at], *instead, *kept[at:]]
