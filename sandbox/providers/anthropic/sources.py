"""What the sandbox cannot look up or do, refused so that nobody takes it for done."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.providers.anthropic.requests import (
    Block,
    CountRequest,
    Document,
    FileSource,
    Image,
    SearchResult,
    ToolResult,
    UrlSource,
)
from sandbox.providers.anthropic.rules import invalid
from sandbox.providers.house import Refusal


def check(request: CountRequest) -> None:
    for message in request.messages:
        for block in _with_inner(message.content):
            _check(block)


def _with_inner(blocks: list[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, ToolResult):
            yield from block.content


def _check(block: Block) -> None:
    """There is no Files API here and no way out to the web; pictures are not looked at anyway."""
    if isinstance(block, Document | Image) and isinstance(block.source, FileSource):
        raise Refusal(404, "not_found_error", f"File not found: {block.source.file_id}")
    if isinstance(block, Document) and isinstance(block.source, UrlSource):
        invalid(f"Unable to download the file at {block.source.url}: the sandbox fetches nothing.")
    if isinstance(block, Document | SearchResult) and (block.citations or {}).get("enabled"):
        invalid("citations: not supported by the sandbox")
