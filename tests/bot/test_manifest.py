"""`manifest.yml` is what Slack accepts, and what the code does."""

import re
from pathlib import Path

import pytest
import yaml

from bot import manifest
from bot.lifecycle import Program  # noqa: F401 - the whole program imports
from handlers.access import AccessHandlers
from handlers.alerts import AlertHandlers
from handlers.chat import ChatHandlers
from handlers.costs import CostHandlers
from handlers.help import HelpHandlers
from handlers.home import HomeHandlers
from handlers.library import AddingHandlers, FindingHandlers, TendingHandlers
from handlers.limits import LimitHandlers
from handlers.routes import Button, Command, Event, Shortcut, View
from handlers.usage import UsageHandlers

ROOT = Path(manifest.MANIFEST).parent

SCOPES_OF_METHOD = {
    "agents.sessions.setStatus": {"chat:write"},
    "agents.sessions.rename": {"chat:write"},
    "apps.connections.open": set(),
    "assistant.threads.setStatus": {"assistant:write"},
    "assistant.threads.setSuggestedPrompts": {"assistant:write"},
    "auth.test": set(),
    "chat.appendStream": {"chat:write"},
    "chat.delete": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.startStream": {"chat:write"},
    "chat.stopStream": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history", "im:history", "mpim:history"},
    "conversations.open": {"im:write"},
    "conversations.replies": {"channels:history", "groups:history", "im:history", "mpim:history"},
    "files.completeUploadExternal": {"files:write"},
    "files.delete": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "files.info": {"files:read"},
    "users.conversations": {"channels:read", "groups:read", "mpim:read"},
    "users.info": {"users:read"},
    "users.list": {"users:read"},
    "views.open": set(),
    "views.publish": set(),
    "views.update": set(),
}
SCOPES_OF_EVENT = {
    "agent_session_stopped": {"assistant:write"},
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "app_uninstalled": set(),
    "channel_archive": {"channels:read"},
    "channel_deleted": {"channels:read"},
    "channel_left": {"channels:read"},
    "channel_id_changed": {"channels:read", "groups:read"},
    "channel_unarchive": {"channels:read"},
    "group_archive": {"groups:read"},
    "group_deleted": {"groups:read"},
    "group_left": {"groups:read"},
    "group_unarchive": {"groups:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "message.mpim": {"mpim:history"},
    "reaction_added": {"reactions:read"},
    "tokens_revoked": set(),
    "user_change": {"users:read"},
}
ALWAYS = {"commands", "files:read"}  # slash commands; downloads of shared files, which no method call shows


def methods_used() -> set[str]:
    """Names of Slack's methods in the rooms that talk to Slack."""
    source = "\n".join(
        path.read_text() for room in ("bot", "handlers") for path in (ROOT / room).rglob("*.py")
    )
    written = set(re.findall(r'"((?:[a-z]+\.)+[a-zA-Z]+)"', source))
    families = {name.split(".")[0] for name in SCOPES_OF_METHOD}
    return {name for name in written if name.split(".")[0] in families} - actions()


def actions() -> set[str]:
    return {route.action_id for route in routes() if isinstance(route, Button)} | {
        route.callback_id for route in routes() if isinstance(route, Shortcut | View)
    }


def routes():
    nothing = [None] * 7
    for handlers in (
        ChatHandlers(*nothing),
        HelpHandlers(None, None),
        LimitHandlers(None, None, None, 0, 0),
        HomeHandlers(None, None, None, [], ""),
        AccessHandlers(None, None, ""),
        UsageHandlers(None, None, None),
        AddingHandlers(*[None] * 10),
        FindingHandlers(*[None] * 6),
        TendingHandlers(*[None] * 4),
        AlertHandlers(None, None, None, None),
        CostHandlers(None, None),
    ):
        yield from handlers.routes()


@pytest.fixture
def told():
    return manifest.manifest("socket")


def test_texts_keep_to_slacks_lengths(told):
    shown, features = told["display_information"], told["features"]
    assert 1 <= len(shown["name"]) <= 35
    assert 1 <= len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4000
    assert len(features["agent_view"]["agent_description"]) <= 300
    assert len(features["agent_view"]["suggested_prompts"]) <= 4
    assert all(
        len(shortcut["name"]) <= 24 and len(shortcut["description"]) <= 150
        for shortcut in features["shortcuts"]
    )
    assert all(2 <= len(command["command"]) <= 32 for command in features["slash_commands"])


def test_the_agents_messages_tab_can_be_written_in(told):
    assert told["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


def test_exactly_the_routed_commands_are_declared(told):
    declared = {command["command"].removeprefix("/") for command in told["features"]["slash_commands"]}
    assert declared == {route.group for route in routes() if isinstance(route, Command)}


def test_exactly_the_routed_shortcuts_are_declared(told):
    declared = {shortcut["callback_id"] for shortcut in told["features"]["shortcuts"]}
    assert declared == {route.callback_id for route in routes() if isinstance(route, Shortcut)}


def test_exactly_the_handled_events_are_declared(told):
    declared = {name.split(".")[0] for name in told["settings"]["event_subscriptions"]["bot_events"]}
    assert declared == {route.type for route in routes() if isinstance(route, Event)}


def test_exactly_the_used_scopes_are_declared(told):
    events = told["settings"]["event_subscriptions"]["bot_events"]
    needed = set(ALWAYS).union(
        *(SCOPES_OF_METHOD[name] for name in methods_used()), *(SCOPES_OF_EVENT[name] for name in events)
    )
    assert set(told["oauth_config"]["scopes"]["bot"]) == needed


def test_http_mode_gives_every_door_its_address():
    told = manifest.manifest("http", "https://desk.example/")
    address = "https://desk.example/slack/events"
    settings = told["settings"]
    assert settings["socket_mode_enabled"] is False
    assert (
        settings["event_subscriptions"]["request_url"] == settings["interactivity"]["request_url"] == address
    )
    assert {command["url"] for command in told["features"]["slash_commands"]} == {address}


def test_http_mode_without_an_address_is_refused():
    with pytest.raises(ValueError, match="--url"):
        manifest.manifest("http")


def test_what_is_printed_reads_back_the_same(told):
    assert yaml.safe_load(manifest.as_yaml(told)) == told
