"""The Home tab and the settings form."""

from __future__ import annotations

from typing import Any

from handlers.blocks.forms import plain
from handlers.boundary import slack_date
from services.entities import Conversation, UsageToday
from services.home import Overview

Block = dict[str, Any]

DESK_CHOICE = "desk"
NOWHERE = "none"
BAR = 20  # characters of the usage bar
QUESTION_SHOWN = 90


def home(overview: Overview, channel: str, workspace_url: str) -> Block:
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain(f"Hello, {overview.person.name.split()[0]}"[:150])},
            _section(
                "I answer questions in threads, from what stands in them and the files you drop there. "
                "Mention me in a channel that I am in, or write to me in *Messages*."
            ),
            _buttons(channel),
            {"type": "divider"},
            {"type": "header", "text": plain("Today")},
            _section(usage_line(overview.usage)),
            {"type": "divider"},
            {"type": "header", "text": plain("Your settings")},
            {
                **_section("*Model that answers you*\nAnother one takes over when it is out of order."),
                **_model(overview),
            },
            {"type": "divider"},
            {"type": "header", "text": plain("Lately asked")},
            *_recent(overview, workspace_url),
        ],
    }


def usage_line(usage: UsageToday) -> str:
    """`█████░░░  12,000 of 500,000 tokens`, what is held for running answers included."""
    used = usage.spent + usage.reserved
    share = min(1.0, used / usage.cap) if usage.cap else 1.0
    filled = max(1, round(BAR * share)) if used else 0
    held = f" ({usage.reserved:,} held for answers on their way)" if usage.reserved else ""
    return (
        f"{'█' * filled}{'░' * (BAR - filled)}  *{used:,}* of {usage.cap:,} tokens{held}\n"
        f"Resets {slack_date(usage.resets_at)}."
    )


def settings_form(overview: Overview) -> Block:
    return {
        "type": "modal",
        "callback_id": "settings.save",
        "title": plain("Your settings"),
        "submit": plain("Save"),
        "close": plain("Cancel"),
        "blocks": [
            {
                "type": "input",
                "block_id": "model",
                "label": plain("Model that answers you"),
                "hint": plain("Another one takes over when it is out of order."),
                "element": {**_select(overview), "action_id": "model"},
            }
        ],
    }


def settings_button() -> list[Block]:
    button = {
        "type": "button",
        "action_id": "settings.open",
        "text": plain("Open settings"),
        "value": "settings",
    }
    return [{**_section("Your settings open in a form."), "accessory": button}]


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _buttons(channel: str) -> Block:
    ask = {
        "type": "button",
        "action_id": "home.ask",
        "style": "primary",
        "text": plain("Ask a question"),
        "value": channel or NOWHERE,
    }
    assist = {
        "type": "button",
        "action_id": "help.open",
        "text": plain("What can I do?"),
        "value": channel or "none",
    }
    return {"type": "actions", "elements": [ask, assist]}


def _model(overview: Overview) -> Block:
    return {"accessory": {**_select(overview), "action_id": "home.model"}}


def _select(overview: Overview) -> Block:
    first = overview.models[0] if overview.models else "none"
    options = [
        _option(f"The desk's choice ({first})", DESK_CHOICE),
        *(_option(name, name) for name in overview.models),
    ]
    chosen = next((option for option in options if option["value"] == overview.model), options[0])
    return {"type": "static_select", "options": options, "initial_option": chosen}


def _option(text: str, value: str) -> Block:
    return {"text": plain(text[:75]), "value": value}


def _recent(overview: Overview, workspace_url: str) -> list[Block]:
    if not overview.recent:
        return [_section("Nothing yet. Your questions of the last days will stand here.")]
    return [
        _section(_recent_line(conversation, question, workspace_url))
        for conversation, question in overview.recent
    ]


def _recent_line(conversation: Conversation, question: str, workspace_url: str) -> str:
    words = " ".join(question.split()) or "(a file)"
    shown = words[:QUESTION_SHOWN] + ("…" if len(words) > QUESTION_SHOWN else "")
    where = "Messages" if conversation.channel_kind == "im" else f"<#{conversation.channel}>"
    return f"<{permalink(conversation, workspace_url)}|{escaped(shown)}>\n{where}"


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("|", "¦")


def permalink(conversation: Conversation, workspace_url: str) -> str:
    """Slack's own form of a message's address."""
    ts = (conversation.thread_ts or "").replace(".", "")
    return f"{workspace_url.rstrip('/')}/archives/{conversation.channel}/p{ts}"
