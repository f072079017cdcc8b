"""Forms: views as Slack takes them. A field's block id is its name in a Submission."""

from __future__ import annotations

from typing import Any

Block = dict[str, Any]

EXCERPT = 300
QUESTION_LIMIT = 3_000  # Slack's own for a plain text input


def ask(channel: str) -> Block:
    """A question for a channel; `channel` is chosen beforehand where the bot can be asked in it."""
    picker: Block = {
        "type": "conversations_select",
        "action_id": "channel",
        "placeholder": plain("A channel that I am in"),
        "filter": {"include": ["public", "private", "im"], "exclude_bot_users": False},
    }
    if channel:
        picker["initial_conversation"] = channel
    return _modal(
        "chat.ask_modal",
        "Ask Showrunner",
        [
            _question("What would you like to know?"),
            {
                "type": "input",
                "block_id": "channel",
                "label": plain("Where should the answer go?"),
                "hint": plain("The question and its answer are visible to everyone there."),
                "element": picker,
            },
        ],
        channel,
    )


def about(channel: str, thread_ts: str, ts: str, excerpt: str) -> Block:
    quoted = excerpt[:EXCERPT] + ("…" if len(excerpt) > EXCERPT else "")
    quote = {"type": "rich_text_quote", "elements": [{"type": "text", "text": quoted or "(no text)"}]}
    return _modal(
        "chat.about_modal",
        "Ask about this",
        [{"type": "rich_text", "elements": [quote]}, _question("What do you want to know about it?")],
        f"{channel} {thread_ts} {ts}",
    )


def _question(label: str) -> Block:
    return {
        "type": "input",
        "block_id": "question",
        "label": plain(label),
        "element": {
            "type": "plain_text_input",
            "action_id": "question",
            "multiline": True,
            "focus_on_load": True,
            "max_length": QUESTION_LIMIT,
        },
    }


def _modal(callback_id: str, title: str, blocks: list[Block], context: str) -> Block:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title),
        "submit": plain("Ask"),
        "close": plain("Cancel"),
        "private_metadata": context,
        "blocks": blocks,
    }


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
