"""chat.unfurl: previews for links of the app's own domains, under messages that hold them."""

import json
from collections.abc import Iterable
from typing import Any

from sandbox.manifest import Manifest
from sandbox.state import Message, Workspace
from sandbox.web.access import message_in, visible_channel
from sandbox.web.arguments import signature
from sandbox.web.content import checked_blocks, is_of
from sandbox.web.errors import SlackError
from sandbox.web.method import TIER_3, Call, Method

_UNFURL = signature(
    "channel ts source unfurl_id unfurls:raw metadata:json user_auth_blocks:json user_auth_message "
    "user_auth_required:bool user_auth_url"
)
_ATTACHMENT = frozenset(
    {"blocks", "preview", "text", "fallback", "title", "title_link", "color", "fields", "footer", "image_url"}
    | {"author_name", "author_link", "author_icon", "footer_icon", "thumb_url", "ts", "pretext", "hide_color"}
)


class UnfurlMethods:
    def __init__(self, workspace: Workspace, manifest: Manifest) -> None:
        self._workspace, self._manifest = workspace, manifest

    def methods(self) -> Iterable[Method]:
        yield Method("chat.unfurl", self.unfurl, _UNFURL, ("links:write",), per_minute=TIER_3)

    def unfurl(self, call: Call) -> dict[str, Any]:
        for name in ("channel", "ts", "unfurls"):
            if not call.get(name):
                raise SlackError(f"missing_{name}")
        message, unfurls = self._message(call), _parsed(call["unfurls"])
        for url in unfurls:
            if url not in message.text:
                raise SlackError("cannot_unfurl_message")
            if not is_of(url, self._manifest.unfurl_domains):
                raise SlackError("cannot_unfurl_url")
        shown = [self._attachment(url, content) for url, content in unfurls.items()]
        self._workspace.messages.change(message, attachments=[*(message.attachments or []), *shown])
        return {}

    def _message(self, call: Call) -> Message:
        try:
            return message_in(visible_channel(self._workspace, call.caller.user, call["channel"]), call["ts"])
        except SlackError as missing:
            what = "channel" if missing.error == "channel_not_found" else "message"
            raise SlackError(f"cannot_find_{what}") from None

    def _attachment(self, url: str, content: Any) -> dict[str, Any]:
        if not isinstance(content, dict) or not content or not content.keys() <= _ATTACHMENT:
            raise SlackError("cannot_parse_attachment")
        if "blocks" in content:
            content = {**content, "blocks": checked_blocks(self._workspace, content["blocks"])}
        return {**content, "from_url": url, "app_unfurl_url": url, "is_app_unfurl": True}


def _parsed(raw: Any) -> dict[str, Any]:
    try:
        unfurls = json.loads(raw) if isinstance(raw, str) else raw
    except ValueError:
        raise SlackError("invalid_unfurls_format") from None
    if not isinstance(unfurls, dict):
        raise SlackError("invalid_unfurls_format")
    return unfurls
