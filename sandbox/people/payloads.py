"""The payloads of interactions, as Slack sends them."""

import re
from typing import Any

from sandbox.interactivity.response_urls import ResponseUrls
from sandbox.interactivity.triggers import Triggers
from sandbox.manifest import Command, Shortcut
from sandbox.settings import Credentials
from sandbox.state import Channel, Message, User, View, Workspace

Json = dict[str, Any]
_MENTION = re.compile(r"<(?P<sign>[@#])(?P<id>\w+)(?:\|[^>]*)?>")


class Payloads:
    def __init__(
        self,
        workspace: Workspace,
        credentials: Credentials,
        triggers: Triggers,
        response_urls: ResponseUrls,
    ) -> None:
        self._workspace, self._credentials = workspace, credentials
        self._triggers, self._response_urls = triggers, response_urls

    def command(self, user: User, channel: Channel, command: Command, text: str) -> Json:
        """All values are strings: over HTTP this is a form."""
        return {
            "token": self._credentials.verification_token,
            "team_id": self._workspace.team_id,
            "team_domain": self._workspace.domain,
            "channel_id": channel.id,
            "channel_name": _channel_name(channel),
            "user_id": user.id,
            "user_name": user.name,
            "command": command.command,
            "text": self._command_text(text, escaped=command.should_escape),
            "api_app_id": self._workspace.bot.app_id,
            "is_enterprise_install": "false",
            "response_url": self._response_urls.new(channel, user),
            "trigger_id": self._triggers.new(user.id),
        }

    def shortcut(self, user: User, shortcut: Shortcut, message: Message | None) -> Json:
        payload = {
            **self._common(user),
            "callback_id": shortcut.callback_id,
            "trigger_id": self._triggers.new(user.id),
            "action_ts": self._workspace.clock.next_ts(),
        }
        if message is None:
            return {**payload, "type": "shortcut"}
        return {
            **payload,
            "type": "message_action",
            "channel": {"id": message.channel.id, "name": _channel_name(message.channel)},
            "message_ts": message.ts,
            "message": self._workspace.shown(message),
            "response_url": self._response_urls.new(message.channel, user, message),
        }

    def action(self, user: User, place: Message | View, action: Json, values: Json) -> Json:
        """A block action in a message or a view; `values` are the states of the inputs around it."""
        payload = {
            **self._common(user),
            "type": "block_actions",
            "trigger_id": self._triggers.new(user.id, from_modal=_is_modal(place)),
            "container": _container(place),
            "actions": [action | {"action_ts": self._workspace.clock.next_ts()}],
        }
        if isinstance(place, View):
            return {**payload, "view": self._workspace.shown_view(place)}
        shown = self._workspace.shown(place)
        if place.ephemeral_for is None:
            payload["message"] = shown
        return {
            **payload,
            "channel": {"id": place.channel.id, "name": _channel_name(place.channel)},
            "state": {"values": values},
            "response_url": self._response_urls.new(place.channel, user, place),
        }

    def suggestion(
        self, user: User, place: Message | View, block_id: str, action_id: str, value: str
    ) -> Json:
        payload = {
            **self._common(user),
            "type": "block_suggestion",
            "container": _container(place),
            "block_id": block_id,
            "action_id": action_id,
            "value": value,
        }
        if isinstance(place, View):
            return {**payload, "view": self._workspace.shown_view(place)}
        channel = {"id": place.channel.id, "name": _channel_name(place.channel)}
        return {**payload, "channel": channel, "message": self._workspace.shown(place)}

    def submission(self, user: User, view: View) -> Json:
        return {
            **self._common(user),
            "type": "view_submission",
            "trigger_id": self._triggers.new(user.id, from_modal=True),
            "view": self._workspace.shown_view(view),
            "response_urls": [],
        }

    def closing(self, user: User, view: View, *, cleared: bool) -> Json:
        shown = self._workspace.shown_view(view)
        return {**self._common(user), "type": "view_closed", "view": shown, "is_cleared": cleared}

    def _common(self, user: User) -> Json:
        team = {"id": self._workspace.team_id, "domain": self._workspace.domain}
        return {
            "team": team,
            "user": {
                "id": user.id,
                "username": user.name,
                "name": user.name,
                "team_id": self._workspace.team_id,
            },
            "api_app_id": self._workspace.bot.app_id,
            "token": self._credentials.verification_token,
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _command_text(self, text: str, *, escaped: bool) -> str:
        """Mentions with their name when the command escapes, as plain @name and #name when not."""

        def shown(mention: re.Match[str]) -> str:
            sign, id_ = mention["sign"], mention["id"]
            name = self._name(sign, id_)
            if name is None:
                return mention[0]
            return f"<{sign}{id_}|{name}>" if escaped else f"{sign}{name}"

        return _MENTION.sub(shown, text)

    def _name(self, sign: str, id_: str) -> str | None:
        found = self._workspace.users.get(id_) if sign == "@" else self._workspace.channels.get(id_)
        return found.name if found else None


def _is_modal(place: Message | View) -> bool:
    return isinstance(place, View) and place.kind == "modal"


def _channel_name(channel: Channel) -> str:
    return {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)


def _container(place: Message | View) -> Json:
    if isinstance(place, View):
        return {"type": "view", "view_id": place.id}
    container: Json = {
        "type": "message",
        "message_ts": place.ts,
        "channel_id": place.channel.id,
        "is_ephemeral": place.ephemeral_for is not None,
    }
    return container | ({"thread_ts": place.thread_ts} if place.thread_ts else {})
