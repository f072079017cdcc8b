"""response_url: for half an hour, five times, the app may answer where a person has just been."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from sandbox.settings import SandboxSettings
from sandbox.state import Channel, Message, User, Workspace
from sandbox.web.content import content, metadata, something
from sandbox.web.errors import SlackError

_KEPT = 10_000
_FIELDS = frozenset(
    {"text", "blocks", "attachments", "markdown_text", "metadata", "thread_ts"}
    | {"response_type", "replace_original", "delete_original"}
    | {"mrkdwn", "parse", "link_names", "unfurl_links", "unfurl_media", "username", "icon_emoji", "icon_url"}
)


@dataclass
class _Target:
    channel: Channel
    user: User
    original: Message | None
    expires_at: float
    uses_left: int


class ResponseUrls:
    def __init__(self, workspace: Workspace, settings: SandboxSettings) -> None:
        self.base_url = ""
        self._workspace, self._settings = workspace, settings
        self._targets: OrderedDict[str, _Target] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/response/{id}", self.handle)]

    def clear(self) -> None:
        self._targets.clear()

    def new(self, channel: Channel, user: User, original: Message | None = None) -> str:
        id_ = self._workspace.ids.hex(40)
        expires_at = self._workspace.clock.now() + self._settings.response_url_lifetime
        self._targets[id_] = _Target(channel, user, original, expires_at, self._settings.response_url_uses)
        if len(self._targets) > _KEPT:
            self._targets.popitem(last=False)
        return f"{self.base_url}/response/{id_}"

    async def handle(self, request: web.Request) -> web.Response:
        target = self._targets.get(request.match_info["id"])
        if target is None:
            return web.Response(status=404, text="no_service")
        if self._workspace.clock.now() >= target.expires_at:
            return web.Response(status=404, text="expired_url")
        if target.uses_left <= 0:
            return web.Response(status=404, text="used_url")
        try:
            body = await _payload(request)
            self.apply(target.channel, target.user, target.original, body)
        except SlackError as refused:
            return web.json_response(refused.answer(), status=400)
        target.uses_left -= 1
        return web.Response(text="ok")

    def apply(
        self, channel: Channel, user: User, original: Message | None, body: Mapping[str, Any]
    ) -> Message | None:
        """Deletes, replaces or posts; the message that stands there now."""
        unknown = sorted(body.keys() - _FIELDS)
        if unknown:
            raise SlackError("invalid_arguments", response_metadata={"messages": unknown})
        if body.get("delete_original"):
            if original is not None:
                self._workspace.messages.delete(original)
            return None
        found = something(content(self._workspace, body))
        if body.get("replace_original") and original is not None:
            self._replace(original, found)
            return original
        return self._post(channel, user, body, found)

    def _replace(self, original: Message, found: dict[str, Any]) -> None:
        replaced = {"text": "", "blocks": None, "attachments": None, "markdown": None, "chunks": []} | found
        if original.ephemeral_for is not None:
            self._workspace.messages.change(original, **replaced)
        else:
            self._workspace.messages.edit(original, self._workspace.bot, **replaced)

    def _post(self, channel: Channel, user: User, body: Mapping[str, Any], found: dict[str, Any]) -> Message:
        text = found.pop("text", "")
        if body.get("thread_ts") in channel.messages:
            found["thread_ts"] = body["thread_ts"]
        bot, messages = self._workspace.bot, self._workspace.messages
        if body.get("response_type", "ephemeral") != "in_channel":
            return messages.post_ephemeral(channel, user, bot, text, app_authored=True, **found)
        if body.get("metadata") is not None:
            found["metadata"] = metadata(body["metadata"])
        return messages.post(channel, bot, text, app_authored=True, **found)


async def _payload(request: web.Request) -> Mapping[str, Any]:
    raw = await request.read()
    if request.content_type != "application/json":
        raw = str((await request.post()).get("payload", "")).encode()
    try:
        body = orjson.loads(raw)
    except ValueError as broken:
        raise SlackError("invalid_payload") from broken
    if not isinstance(body, dict):
        raise SlackError("invalid_payload")
    return body
