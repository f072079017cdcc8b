"""`manifest.yml`, as Slack wants it for either way of reaching us."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

MANIFEST = Path(__file__).resolve().parent.parent / "manifest.yml"
EVENTS_PATH = "/slack/events"


def manifest(mode: str, url: str | None = None) -> dict[str, Any]:
    """Raises ValueError where HTTP mode has no public address."""
    told: dict[str, Any] = yaml.safe_load(MANIFEST.read_text())
    if mode == "socket":
        return told
    if not url or not url.startswith("https://"):
        raise ValueError("HTTP mode needs --url https://…, the address that Slack reaches this program under")
    address = url.rstrip("/") + EVENTS_PATH
    settings = told["settings"]
    settings["socket_mode_enabled"] = False
    settings["event_subscriptions"]["request_url"] = address
    settings["interactivity"]["request_url"] = address
    for command in told["features"]["slash_commands"]:
        command["url"] = address
    return told


def as_yaml(told: dict[str, Any]) -> str:
    return yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=110)
