"""api.test, auth.test, team.info, emoji.list, blocks.validate, apps.connections.open"""

from collections.abc import Callable, Iterable
from typing import Any

from sandbox.blocks import blocks_problems, view_problems
from sandbox.state import Workspace
from sandbox.web.arguments import signature
from sandbox.web.content import checked_blocks
from sandbox.web.errors import SlackError, invalid, invalid_arguments
from sandbox.web.method import TIER_1, TIER_2, TIER_3, Call, Method

_VALIDATED = ("blocks", "message", "view")


class TeamMethods:
    def __init__(self, workspace: Workspace, open_socket: Callable[[], str]) -> None:
        self._workspace, self._open_socket = workspace, open_socket

    def methods(self) -> Iterable[Method]:
        anything = signature("error foo", open_ended=True)
        about = signature("team domain include_slackbot_availability:bool")
        payloads = signature("blocks:json message:json view:json")
        yield Method("api.test", self.test, anything, caller="none")
        yield Method("auth.test", self.auth, caller="any")
        yield Method("team.info", self.info, about, ("team:read",), per_minute=TIER_3)
        yield Method(
            "emoji.list", self.emoji, signature("include_categories:bool"), ("emoji:read",), per_minute=TIER_2
        )
        yield Method("blocks.validate", self.validate, payloads, caller="none")
        yield Method(
            "apps.connections.open", self.open, scopes=("connections:write",), caller="app", per_minute=TIER_1
        )

    def test(self, call: Call) -> dict[str, Any]:
        if call.get("error"):
            raise SlackError(call["error"], args=dict(call.args))
        return {"args": dict(call.args)}

    def auth(self, call: Call) -> dict[str, Any]:
        bot = call.caller.user
        return {
            "url": f"https://{self._workspace.domain}.slack.com/",
            "team": self._workspace.name,
            "user": bot.name,
            "team_id": self._workspace.team_id,
            "user_id": bot.id,
            "bot_id": bot.bot_id,
            "is_enterprise_install": False,
        }

    def info(self, call: Call) -> dict[str, Any]:
        if call.get("team", self._workspace.team_id) != self._workspace.team_id:
            raise SlackError("team_not_found")
        return {
            "team": {
                "id": self._workspace.team_id,
                "name": self._workspace.name,
                "url": f"https://{self._workspace.domain}.slack.com/",
                "domain": self._workspace.domain,
                "email_domain": "",
                "icon": {"image_default": True},
                "is_verified": False,
            }
        }

    def emoji(self, call: Call) -> dict[str, Any]:  # noqa: ARG002 - there are none of our own
        return {"emoji": {}, "cache_ts": str(self._workspace.clock.now())}

    def validate(self, call: Call) -> dict[str, Any]:
        given = [name for name in _VALIDATED if name in call.args]
        if len(given) != 1:
            raise invalid_arguments("exactly one of blocks, message, view is needed")
        if given == ["view"]:
            _refuse("invalid_view", view_problems(call["view"]))
        elif given == ["message"]:
            self._validate_message(call["message"])
        else:
            checked_blocks(self._workspace, call["blocks"])
        return {}

    def open(self, call: Call) -> dict[str, Any]:  # noqa: ARG002
        return {"url": self._open_socket()}

    def _validate_message(self, message: Any) -> None:
        if not isinstance(message, dict):
            raise invalid_arguments("must provide an object [json-pointer:/message]")
        _refuse("invalid_blocks", blocks_problems(message.get("blocks", []), "message", "/message/blocks"))
        checked_blocks(self._workspace, message.get("blocks", []))


def _refuse(error: str, problems: list[str]) -> None:
    if problems:
        raise invalid(error, problems)
