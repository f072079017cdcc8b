"""Whole payloads: the blocks of a message, a modal, a Home tab, and the limits over all of them."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sandbox.blocks.layout import BLOCKS, Surface
from sandbox.blocks.parts import FLAG, plain
from sandbox.blocks.schema import Anything, Items, Object, Shape, String, problem

MARKDOWN_LIMIT = 12_000
TOTAL_LIMIT = 13_200
_BLOCKS_IN = {"message": 50, "modal": 100, "home": 100}
_AT_MOST = {"table": 1, "data_visualization": 2}
_TABLE_ERRORS = {"table": "only_one_table_allowed", "data_visualization": "no more than 2 charts allowed"}

_VIEW_COMMON: dict[str, Shape] = {
    "private_metadata": String(3_000, 0),
    "callback_id": String(255, 0),
    "external_id": String(255, 0),
    "blocks": Anything(),
}
_HOME = Object({"blocks": Anything()}, _VIEW_COMMON)
_MODAL = Object(
    {"title": plain(24), "blocks": Anything()},
    {
        **_VIEW_COMMON,
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": FLAG,
        "notify_on_close": FLAG,
        "submit_disabled": FLAG,
    },
)


def blocks_problems(blocks: Any, surface: Surface, path: str = "/blocks") -> list[str]:
    """What Slack would refuse, each with its place; empty when the blocks are fine."""
    found = list(Items(BLOCKS[surface], _BLOCKS_IN[surface], 0).check(blocks, path))
    return found or list(_over_all(blocks, path))


def view_problems(view: Any) -> list[str]:
    """For a modal or a Home tab, by its type."""
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        return [problem("unsupported type", "/view/type")]
    shape = _MODAL if view["type"] == "modal" else _HOME
    found = [*shape.check(view, "/view")]
    if "blocks" in view:
        found += blocks_problems(view["blocks"], view["type"], "/view/blocks")
    return found or list(_missing_submit(view))


def is_too_long(blocks: list[dict[str, Any]]) -> bool:
    """Whether a message with markdown blocks is over the total that Slack does not document."""
    markdown = [block for block in blocks if block.get("type") == "markdown"]
    return bool(markdown) and sum(map(_characters, blocks)) > TOTAL_LIMIT


def interactive_elements(blocks: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every element that has an action_id, with the block_id of its block."""
    for block in blocks:
        for element in _elements(block):
            if "action_id" in element:
                yield block.get("block_id", ""), element
        yield from interactive_elements(block.get("child_blocks", []))
        if block.get("type") == "carousel":
            yield from interactive_elements(block["elements"])


def _elements(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if block["type"] in ("actions", "context_actions"):
        yield from block["elements"]
    for name in ("accessory", "element"):
        if name in block:
            yield block[name]
    if block["type"] == "card":
        yield from block.get("actions", [])


def _over_all(blocks: list[dict[str, Any]], path: str) -> Iterator[str]:
    kinds = Counter(block["type"] for block in blocks)
    for kind, maximum in _AT_MOST.items():
        if kinds[kind] > maximum:
            yield problem(_TABLE_ERRORS[kind], path)
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_LIMIT:
        yield problem(f"no more than {MARKDOWN_LIMIT} characters in all markdown blocks", path)
    ids = Counter(block["block_id"] for block in blocks if block.get("block_id"))
    for block_id, times in ids.items():
        if times > 1:
            yield problem(f"`block_id` {block_id} already exists", path)


def _missing_submit(view: dict[str, Any]) -> Iterator[str]:
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and has_input and "submit" not in view:
        yield problem("missing required field: submit", "/view")


def _characters(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(_characters(item) for key, item in value.items() if key not in ("type", "block_id"))
    return sum(map(_characters, value)) if isinstance(value, list) else 0
