"""Ids for blocks and elements that came without, as Slack gives them."""

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
_LISTS = ("elements", "child_blocks", "actions")
_SINGLES = ("accessory", "element")
_SILENT = frozenset(
    {"mrkdwn", "plain_text", "image", "rich_text_section", "rich_text_list", "rich_text_quote"}
    | {"rich_text_preformatted", "text", "link", "user", "channel", "emoji", "date", "broadcast", "usergroup"}
)


def with_ids(block: Json, new_id: Callable[[], str]) -> Json:
    """A copy with a block_id and, on each element, an action_id; a markdown block never keeps its own."""
    found = dict(block)
    if found["type"] == "markdown" or not found.get("block_id"):
        found["block_id"] = new_id()
    if found["type"] == "rich_text":
        return found
    for name in _LISTS:
        if isinstance(found.get(name), list):
            found[name] = [_child(child, new_id, is_block=name == "child_blocks") for child in found[name]]
    for name in _SINGLES:
        if isinstance(found.get(name), dict):
            found[name] = _child(found[name], new_id, is_block=False)
    return found


def _child(child: Json, new_id: Callable[[], str], *, is_block: bool) -> Json:
    if is_block or child["type"] == "card":
        return with_ids(child, new_id)
    if child["type"] in _SILENT or child.get("action_id"):
        return child
    return {**child, "action_id": new_id()}
