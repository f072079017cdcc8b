"""Help, from the routing table itself: what is not routed is not promised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.routes import Command

Block = dict[str, Any]

INTRODUCTION = (
    "*Ask me anything*: mention me in a channel that I am in, or write to me in my Messages tab. I answer in the "
    "thread, and go on there with whoever mentioned me. Drop images, PDFs, documents or text files into the "
    "thread and I read them.\n"
    "*Stop* me with the button while I write; below an answer you can have it again from another model.\n"
    "*Ask about a message*: its menu ⋮ → “Ask about this”."
)


def help_text(commands: Sequence[Command], topic: str) -> list[Block]:
    lines = [f"• `{command_line(command)}` {command.help}" for command in commands]
    blocks = [] if topic else [_section(INTRODUCTION)]
    if lines:
        blocks.append(_section("\n".join(["*Commands*", *lines])))
    if not topic:
        blocks.append(
            {
                "type": "context",
                "elements": [
                    _mrkdwn(
                        "Inside a thread, mention me instead: `@Showrunner help` does what `/showrunner help` does."
                    )
                ],
            }
        )
    return blocks


def command_line(command: Command) -> str:
    return f"/{command.group} {command.usage}".strip()


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}
