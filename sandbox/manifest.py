"""The app's manifest: what Slack would have been told about the app that connects here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

# Slack delivers an event only to an app that may read what the event tells (any one of the scopes is enough).
EVENT_SCOPES: dict[str, tuple[str, ...]] = {
    "app_mention": ("app_mentions:read",),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "file_shared": ("files:read",),
    "pin_added": ("pins:read",),
    "pin_removed": ("pins:read",),
    "channel_created": ("channels:read",),
    "channel_archive": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_id_changed": ("channels:read", "groups:read"),
    "channel_left": ("channels:read",),
    "group_archive": ("groups:read",),
    "group_rename": ("groups:read",),
    "group_left": ("groups:read",),
    "user_change": ("users:read",),
}


class UnusableManifest(Exception):
    """The manifest file is missing or is not what Slack would accept."""


@dataclass(frozen=True)
class Command:
    command: str
    description: str
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True)
class Shortcut:
    name: str
    callback_id: str
    type: str
    description: str


@dataclass(frozen=True)
class Manifest:
    name: str
    description: str
    display_name: str
    scopes: frozenset[str]
    events: frozenset[str]
    commands: tuple[Command, ...]
    shortcuts: tuple[Shortcut, ...]
    home_tab: bool
    messages_tab: bool
    interactivity: bool
    agent: bool
    suggested_prompts: tuple[dict[str, str], ...]
    unfurl_domains: tuple[str, ...] = ()
    app_scopes: frozenset[str] = field(default=frozenset({"connections:write"}))

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        if not path.is_file():
            raise UnusableManifest(f"There is no manifest at {path.name}")
        return cls.parse(yaml.safe_load(path.read_text(encoding="utf-8")))

    @classmethod
    def parse(cls, raw: Any) -> "Manifest":
        """From the manifest's own structure, as YAML or JSON gives it."""
        if not isinstance(raw, dict) or "display_information" not in raw:
            raise UnusableManifest("A manifest needs display_information")
        features, settings = raw.get("features", {}), raw.get("settings", {})
        agent, home = features.get("agent_view"), features.get("app_home", {})
        about = raw["display_information"]
        return cls(
            name=about["name"],
            description=about.get("description", ""),
            display_name=features.get("bot_user", {}).get("display_name", about["name"]),
            scopes=_bot_scopes(raw, agent=agent is not None),
            events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", ())),
            commands=tuple(_commands(features.get("slash_commands", ()))),
            shortcuts=tuple(Shortcut(**shortcut) for shortcut in features.get("shortcuts", ())),
            home_tab=bool(home.get("home_tab_enabled", False)),
            messages_tab=bool(home.get("messages_tab_enabled", False)),
            interactivity=bool(settings.get("interactivity", {}).get("is_enabled", False)),
            agent=agent is not None,
            suggested_prompts=tuple((agent or {}).get("suggested_prompts", ())),
            unfurl_domains=tuple(features.get("unfurl_domains", ())),
        )

    def subscribes(self, event: str) -> bool:
        """Whether Slack would deliver `event` (`message.im` style for messages) to this app."""
        scopes = EVENT_SCOPES.get(event)
        return event in self.events and (scopes is None or any(scope in self.scopes for scope in scopes))

    def command(self, name: str) -> Command | None:
        return next((command for command in self.commands if command.command == name), None)

    def shortcut(self, callback_id: str) -> Shortcut | None:
        return next((shortcut for shortcut in self.shortcuts if shortcut.callback_id == callback_id), None)


def _bot_scopes(raw: dict[str, Any], *, agent: bool) -> frozenset[str]:
    scopes = raw.get("oauth_config", {}).get("scopes", {})
    declared = {*scopes.get("bot", ()), *scopes.get("bot_optional", ())}
    return frozenset(declared | {"assistant:write"} if agent else declared)


def _commands(raw: Iterable[dict[str, Any]]) -> Iterable[Command]:
    for command in raw:
        yield Command(
            command=command["command"],
            description=command.get("description", ""),
            usage_hint=command.get("usage_hint", ""),
            should_escape=bool(command.get("should_escape", False)),
        )
