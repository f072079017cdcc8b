"""What a person typed, as the rich_text block that Slack makes of it."""

import re
from typing import Any

_TOKEN = re.compile(
    r"<@(?P<user>[UW]\w+)(?:\|[^>]*)?>"
    r"|<#(?P<channel>C\w+)(?:\|[^>]*)?>"
    r"|<!(?P<range>here|channel|everyone)(?:\|[^>]*)?>"
    r"|<(?P<url>https?://[^|>]+)(?:\|(?P<label>[^>]*))?>"
    r"|:(?P<emoji>[a-z0-9_+-]+):"
)
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def rich_text(text: str, block_id: str) -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": list(_elements(text))}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}


def _elements(text: str) -> Any:
    end = 0
    for token in _TOKEN.finditer(text):
        if token.start() > end:
            yield {"type": "text", "text": _plain(text[end : token.start()])}
        yield _element(token)
        end = token.end()
    if end < len(text) or not text:
        yield {"type": "text", "text": _plain(text[end:])}


def _element(token: re.Match[str]) -> dict[str, Any]:
    found = token.groupdict()
    if found["user"]:
        return {"type": "user", "user_id": found["user"]}
    if found["channel"]:
        return {"type": "channel", "channel_id": found["channel"]}
    if found["range"]:
        return {"type": "broadcast", "range": found["range"]}
    if found["emoji"]:
        return {"type": "emoji", "name": found["emoji"]}
    link = {"type": "link", "url": found["url"]}
    return {**link, "text": found["label"]} if found["label"] else link


def _plain(text: str) -> str:
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text
