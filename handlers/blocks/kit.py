"""The few Block Kit shapes that everything is made of. mrkdwn comes in escaped (`sanitise.escape`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

Block = dict[str, Any]

SECTION_LIMIT = 3_000
BUTTON_LIMIT = 75
OPTION_LIMIT = 75


def mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": shortened(text, SECTION_LIMIT)}


def plain(text: str, limit: int = SECTION_LIMIT) -> Block:
    return {"type": "plain_text", "text": shortened(text, limit), "emoji": True}


def text(markup: str) -> Block:
    return {"type": "section", "text": mrkdwn(markup), "expand": True}


def header(title: str) -> Block:
    return {"type": "header", "text": plain(title, 150)}


def context(*lines: str) -> Block:
    """At most ten short remarks on one line, in small grey letters."""
    return {"type": "context", "elements": [mrkdwn(line) for line in lines[:10]]}


def markdown(body: str) -> Block:
    """Standard Markdown, tables and code included; 12,000 characters over all such blocks of a message."""
    return {"type": "markdown", "text": body}


def button(
    label: str, action_id: str, value: str, style: Literal["primary", "danger"] | None = None
) -> Block:
    made = {"type": "button", "text": plain(label, BUTTON_LIMIT), "action_id": action_id, "value": value}
    return {**made, "style": style} if style else made


def select(placeholder: str, action_id: str, options: Sequence[tuple[str, str]]) -> Block:
    """`options` are pairs of label and value, at most 100 of them."""
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain(placeholder, 150),
        "options": [{"text": plain(label, OPTION_LIMIT), "value": value} for label, value in options[:100]],
    }


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def feedback(action_id: str, good: str, bad: str) -> Block:
    def thumb(label: str, value: str) -> Block:
        return {"text": plain(label), "value": value, "accessibility_label": f"{label} answer"}

    buttons = {
        "type": "feedback_buttons",
        "action_id": action_id,
        "positive_button": thumb("Good", good),
        "negative_button": thumb("Bad", bad),
    }
    return {"type": "context_actions", "elements": [buttons]}


def explained(what: str, todo: str, incident: str | None) -> list[Block]:
    """What happened, what to do about it, and the id that an admin finds in the logs."""
    blocks = [text(f"{what}\n{todo}".strip())]
    return [*blocks, context(f"Incident `{incident}`")] if incident else blocks


def shortened(words: str, limit: int) -> str:
    return words if len(words) <= limit else words[: limit - 1] + "…"


def slack_date(at: datetime) -> str:
    """A time that each reader sees in their own zone."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"
