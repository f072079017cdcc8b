"""All the text of a message, wherever it stands, apart by what Slack makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sandbox.state import Message


def markdown_of(message: Message) -> list[str]:
    """What is read as Markdown: the streamed text, and markdown blocks."""
    streamed = [message.markdown] if message.markdown else []
    return streamed + [
        str(block["text"]) for block in message.blocks or () if block.get("type") == "markdown"
    ]


def body_of(message: Message) -> str:
    """The answer as its reader sees it."""
    return "\n".join(markdown_of(message))


def letters(messages: Sequence[Message]) -> str:
    """What messages say together, without white space: a stream that dies may end in the middle of a word."""
    return "".join("".join(body_of(message).split()) for message in messages)


def mrkdwn_of(message: Message) -> list[str]:
    """What is read as Slack's own markup: the fallback text, and text objects in blocks."""
    fallback = [] if message.markdown else [message.text]
    return fallback + [found["text"] for block in message.blocks or () for found in _objects(block, "mrkdwn")]


def _objects(node: Any, kind: str) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if node.get("type") == kind and isinstance(node.get("text"), str):
            yield node
        for value in node.values():
            yield from _objects(value, kind)
    elif isinstance(node, list):
        for value in node:
            yield from _objects(value, kind)
