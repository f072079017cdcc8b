"""What Slack sends, in the shapes its documentation shows."""

from typing import Any

TEAM, CHANNEL, DM = "T0TEAM", "C0LAUNCH", "D0ANA"
ANA, BOT_USER, BOT_ID = "U0ANA", "U0BOT", "B0BOT"
ROOT, REPLY = "1795356000.000100", "1795356060.000200"
RESPONSE_URL = "https://hooks.slack.com/actions/T0TEAM/1/abc"
TRIGGER = "13345224609.738474920.8088930838d88f008e0"

USER = {"id": ANA, "username": "ana", "name": "ana", "team_id": TEAM}
COMMON = {
    "token": "legacy",
    "api_app_id": "A0APP",
    "team": {"id": TEAM, "domain": "studio"},
    "enterprise": None,
    "is_enterprise_install": False,
    "user": USER,
}


def event(inner: dict[str, Any], event_id: str = "Ev0000000001") -> dict[str, Any]:
    return {
        "token": "legacy",
        "team_id": TEAM,
        "api_app_id": "A0APP",
        "type": "event_callback",
        "event_id": event_id,
        "event_time": 1795356000,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event": inner,
    }


def mention(text: str = f"<@{BOT_USER}> hello", **more: Any) -> dict[str, Any]:
    return {
        "type": "app_mention",
        "user": ANA,
        "text": text,
        "ts": ROOT,
        "channel": CHANNEL,
        "event_ts": ROOT,
        "client_msg_id": "0a6f1a5e-0000-4000-8000-000000000000",
        **more,
    }


def command(name: str, text: str, **more: str) -> dict[str, Any]:
    return {
        "token": "legacy",
        "team_id": TEAM,
        "team_domain": "studio",
        "channel_id": CHANNEL,
        "channel_name": "launch",
        "user_id": ANA,
        "user_name": "ana",
        "command": name,
        "text": text,
        "api_app_id": "A0APP",
        "is_enterprise_install": "false",
        "response_url": RESPONSE_URL,
        "trigger_id": TRIGGER,
        **more,
    }


def message(ts: str = REPLY, thread_ts: str | None = ROOT) -> dict[str, Any]:
    shown = {"type": "message", "user": BOT_USER, "bot_id": BOT_ID, "ts": ts, "text": "An answer."}
    return {**shown, "thread_ts": thread_ts} if thread_ts else shown


def press(action: dict[str, Any], shown: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A block action below a message of ours, by default a reply in a thread."""
    shown = shown or message()
    container = {"type": "message", "message_ts": shown["ts"], "channel_id": CHANNEL, "is_ephemeral": False}
    if "thread_ts" in shown:
        container["thread_ts"] = shown["thread_ts"]
    return {
        **COMMON,
        "type": "block_actions",
        "container": container,
        "trigger_id": TRIGGER,
        "channel": {"id": CHANNEL, "name": "launch"},
        "message": shown,
        "state": {"values": {}},
        "response_url": RESPONSE_URL,
        "actions": [{"block_id": "b1", "action_ts": "1795356070.000300", **action}],
        **more,
    }


def button(action_id: str, value: str) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": action_id,
        "value": value,
        "text": {"type": "plain_text", "text": "Press", "emoji": True},
    }


def select(action_id: str, value: str) -> dict[str, Any]:
    return {
        "type": "static_select",
        "action_id": action_id,
        "selected_option": {"text": {"type": "plain_text", "text": "This"}, "value": value},
    }


def press_whispered(action: dict[str, Any]) -> dict[str, Any]:
    """Below an ephemeral message, of which Slack sends no copy."""
    body = press(action)
    del body["message"]
    body["container"] |= {"is_ephemeral": True}
    return body


def press_at_home(action: dict[str, Any]) -> dict[str, Any]:
    return {
        **COMMON,
        "type": "block_actions",
        "container": {"type": "view", "view_id": "V0HOME"},
        "trigger_id": TRIGGER,
        "view": {"id": "V0HOME", "type": "home", "state": {"values": {}}, "private_metadata": ""},
        "actions": [{"block_id": "b1", "action_ts": "1795356070.000300", **action}],
    }


def message_shortcut(callback_id: str, shown: dict[str, Any]) -> dict[str, Any]:
    return {
        **COMMON,
        "type": "message_action",
        "action_ts": "1795356070.000300",
        "callback_id": callback_id,
        "trigger_id": TRIGGER,
        "response_url": RESPONSE_URL,
        "message_ts": shown["ts"],
        "channel": {"id": CHANNEL, "name": "launch"},
        "message": shown,
    }


def submission(callback_id: str, values: dict[str, dict[str, Any]], context: str = "") -> dict[str, Any]:
    """`values` as in `state.values`: by block id, then by action id."""
    return {
        **COMMON,
        "type": "view_submission",
        "trigger_id": TRIGGER,
        "view": {
            "id": "V0FORM",
            "team_id": TEAM,
            "type": "modal",
            "callback_id": callback_id,
            "private_metadata": context,
            "hash": "1795356000.abcd",
            "state": {"values": values},
        },
        "response_urls": [],
    }
