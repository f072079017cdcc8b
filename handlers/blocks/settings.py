"""What people set for themselves, as elements on Home and in a form."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.blocks import kit
from handlers.blocks.kit import Block
from services.home import Overview
from services.settings import LENGTH, MODEL, NOTICES, TIMEZONE, WARNINGS, wants

DESK_CHOICE = "desk"
NOTICE = "notices"
LENGTHS = (("Short", "short"), ("Normal", DESK_CHOICE), ("Long, in depth", "long"))
NOTICE_LABELS = {WARNINGS: "Warn me when a limit is nearly used up"}
ZONES = (
    "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver", "America/Chicago",
    "America/New_York", "America/Toronto", "America/Mexico_City", "America/Bogota", "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires", "Atlantic/Azores", "UTC", "Europe/London", "Europe/Lisbon", "Europe/Berlin",
    "Europe/Paris", "Europe/Madrid", "Europe/Rome", "Europe/Prague", "Europe/Warsaw", "Europe/Athens", "Europe/Kyiv",
    "Europe/Istanbul", "Africa/Cairo", "Africa/Lagos", "Africa/Johannesburg", "Africa/Nairobi", "Asia/Jerusalem",
    "Asia/Dubai", "Asia/Tehran", "Asia/Karachi", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Dhaka", "Asia/Bangkok",
    "Asia/Jakarta", "Asia/Singapore", "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Seoul", "Asia/Tokyo",
    "Australia/Perth", "Australia/Adelaide", "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip
"""From west to east."""

TITLES = {
    MODEL: "Model that answers you",
    LENGTH: "Length of answers to you",
    TIMEZONE: "Your time zone",
    NOTICE: "Notices to you",
}
HINTS = {
    MODEL: "Another one takes over when it is out of order.",
    LENGTH: "Short ones also cost less.",
    TIMEZONE: "For times that I write out. Slack's own follows your Slack profile.",
    NOTICE: "",
}


def rows(overview: Overview) -> list[Block]:
    """On Home each choice is taken at once."""
    return [
        {
            **kit.text(f"*{TITLES[name]}*\n{HINTS[name]}".strip()),
            "accessory": {**element, "action_id": f"home.{name}"},
        }
        for name, element in elements(overview).items()
    ]


def form(overview: Overview) -> Block:
    return {
        "type": "modal",
        "callback_id": "settings.save",
        "title": _plain("Your settings"),
        "submit": _plain("Save"),
        "close": _plain("Cancel"),
        "blocks": [
            {
                "type": "input",
                "block_id": name,
                "label": _plain(TITLES[name]),
                "element": {**element, "action_id": name},
                "optional": name == NOTICE,
                **({"hint": _plain(HINTS[name])} if HINTS[name] else {}),
            }
            for name, element in elements(overview).items()
        ],
    }


def elements(overview: Overview) -> dict[str, Block]:
    settings = overview.person.settings
    return {
        MODEL: _select(models(overview), overview.model or DESK_CHOICE),
        LENGTH: _select(LENGTHS, settings.get(LENGTH) or DESK_CHOICE),
        TIMEZONE: _select(zones(overview), settings.get(TIMEZONE) or DESK_CHOICE),
        NOTICE: _checkboxes(
            [(NOTICE_LABELS[name], name) for name in NOTICES],
            [name for name in NOTICES if wants(settings, name)],
        ),
    }


def models(overview: Overview) -> list[tuple[str, str]]:
    first = overview.models[0] if overview.models else "none"
    return [(f"The desk's choice ({first})", DESK_CHOICE), *((name, name) for name in overview.models)]


def zones(overview: Overview) -> list[tuple[str, str]]:
    """One that was chosen elsewhere is among them, too."""
    own = overview.person.settings.get(TIMEZONE)
    listed = [*ZONES] if own in (None, "", *ZONES) else [str(own), *ZONES]
    slacks = (f"Slack's own ({overview.person.timezone})", DESK_CHOICE)
    return [slacks, *((name.replace("_", " "), name) for name in listed)]


def _select(options: Iterable[tuple[str, str]], chosen: str) -> Block:
    shown = [_option(text, value) for text, value in options]
    initial = next((option for option in shown if option["value"] == chosen), shown[0])
    return {"type": "static_select", "options": shown, "initial_option": initial}


def _checkboxes(options: Iterable[tuple[str, str]], chosen: list[str]) -> Block:
    shown = [_option(text, value) for text, value in options]
    initial = [option for option in shown if option["value"] in chosen]
    boxes: Block = {"type": "checkboxes", "options": shown}
    return {**boxes, "initial_options": initial} if initial else boxes  # Slack refuses an empty list


def _option(text: str, value: str) -> Block:
    return {"text": _plain(text[:75]), "value": value}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
