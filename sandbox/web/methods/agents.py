"""agents.sessions.* and assistant.threads.*"""

from collections.abc import Iterable
from typing import Any

from sandbox.manifest import Manifest
from sandbox.state import Channel, Session, Workspace
from sandbox.state.agents import Agents
from sandbox.web.access import check_session_status, joined_channel
from sandbox.web.arguments import signature
from sandbox.web.content import custom_author
from sandbox.web.errors import SlackError, invalid_arguments
from sandbox.web.method import TIER_3, Call, Method

_WRITE = ("chat:write",)
_ASSIST = ("chat:write", "assistant:write")
_NO_STOP = "missing_agent_session_stopped_event_subscription"
_TITLE_LIMIT = 200
_LOADING_MESSAGES = 10
_PROMPTS = 4

_SET_SESSION = signature("channel_id! status! thread_ts title initiator_user_id icon_emoji icon_url username")
_RENAME = signature("channel_id! title! thread_ts")
_SET_STATUS = signature("channel_id! thread_ts! status! loading_messages:json icon_emoji icon_url username")
_SET_TITLE = signature("channel_id! thread_ts! title!")
_SET_PROMPTS = signature("channel_id! prompts:json! title thread_ts")


class AgentMethods:
    def __init__(self, workspace: Workspace, manifest: Manifest, agents: Agents) -> None:
        self._workspace, self._manifest, self._agents = workspace, manifest, agents

    def methods(self) -> Iterable[Method]:
        yield Method("agents.sessions.setStatus", self.set_session, _SET_SESSION, _WRITE, per_minute=TIER_3)
        yield Method("agents.sessions.rename", self.rename, _RENAME, _WRITE, per_minute=TIER_3)
        yield Method("assistant.threads.setStatus", self.set_status, _SET_STATUS, _ASSIST)
        yield Method("assistant.threads.setTitle", self.set_title, _SET_TITLE, _ASSIST, per_minute=TIER_3)
        yield Method(
            "assistant.threads.setSuggestedPrompts", self.suggest, _SET_PROMPTS, _ASSIST, per_minute=TIER_3
        )

    def set_session(self, call: Call) -> dict[str, Any]:
        channel = self._place(call)
        custom_author(call.caller, call.args)
        check_session_status(call["status"])
        _check_title(call.get("title", ""))
        self._agents.set_status(
            channel,
            call.get("thread_ts"),
            call["status"],
            call.get("title", ""),
            call.get("initiator_user_id"),
        )
        if self._manifest.subscribes("agent_session_stopped"):
            return {}
        return {"warning": _NO_STOP, "response_metadata": {"warnings": [_NO_STOP]}}

    def rename(self, call: Call) -> dict[str, Any]:
        channel = self._place(call)
        _check_title(call["title"])
        self._agents.rename(self._session(channel, call.get("thread_ts")), call["title"])
        return {}

    def set_status(self, call: Call) -> dict[str, Any]:
        channel = self._place(call)
        custom_author(call.caller, call.args)
        loading = call.get("loading_messages", [])
        if not isinstance(loading, list) or len(loading) > _LOADING_MESSAGES:
            raise invalid_arguments(
                f"no more than {_LOADING_MESSAGES} items allowed [json-pointer:/loading_messages]"
            )
        self._agents.set_line(channel, call["thread_ts"], call["status"], tuple(map(str, loading)))
        return {}

    def set_title(self, call: Call) -> dict[str, Any]:
        channel = self._place(call)
        _check_title(call["title"])
        session = self._workspace.sessions.get((channel.id, call["thread_ts"]))
        if session is None:
            session = self._agents.set_status(channel, call["thread_ts"], "active")
        self._agents.rename(session, call["title"])
        return {}

    def suggest(self, call: Call) -> dict[str, Any]:
        channel, prompts = self._place(call), call["prompts"]
        if not isinstance(prompts, list) or not 0 < len(prompts) <= _PROMPTS:
            raise invalid_arguments(f"1 to {_PROMPTS} items allowed [json-pointer:/prompts]")
        if not all(isinstance(item, dict) and item.keys() == {"title", "message"} for item in prompts):
            raise invalid_arguments("a prompt has a title and a message [json-pointer:/prompts]")
        self._agents.suggest(channel, call.get("title", ""), prompts)
        return {}

    def _place(self, call: Call) -> Channel:
        if not self._manifest.agent:
            raise SlackError("not_allowed_for_app")
        channel = joined_channel(self._workspace, call.caller.user, call["channel_id"])
        thread_ts = call.get("thread_ts")
        if thread_ts is not None and thread_ts not in channel.messages:
            raise SlackError("thread_not_found")
        return channel

    def _session(self, channel: Channel, thread_ts: str | None) -> Session:
        session = self._workspace.sessions.get((channel.id, thread_ts))
        if session is None:
            raise SlackError("session_not_found")
        return session


def _check_title(title: str) -> None:
    if len(title) > _TITLE_LIMIT:
        raise invalid_arguments(f"must be less than {_TITLE_LIMIT + 1} characters [json-pointer:/title]")
