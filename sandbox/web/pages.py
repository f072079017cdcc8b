"""Cursors: opaque to the caller, a position to us."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from sandbox.web.errors import SlackError

T = TypeVar("T")
_MOST = 1_000


def limit_of(requested: int | None, default: int = 100) -> int:
    if requested is None or requested == 0:
        return default
    if not 0 < requested <= _MOST:
        raise SlackError("invalid_limit")
    return min(requested, _MOST - 1)


def cursor_at(position: object) -> str:
    return base64.b64encode(f"next:{position}".encode()).decode()


def position_of(cursor: str | None) -> str | None:
    """Raises invalid_cursor for what `cursor_at` did not make."""
    if not cursor:
        return None
    try:
        name, _, position = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise SlackError("invalid_cursor") from None
    if name != "next" or not position:
        raise SlackError("invalid_cursor")
    return position


def page(items: Sequence[T], cursor: str | None, limit: int) -> tuple[Sequence[T], str]:
    """One page of a list by position, and the cursor of the next ("" at the end)."""
    position = position_of(cursor) or "0"
    if not position.isdecimal():
        raise SlackError("invalid_cursor")
    start = int(position)
    following = start + limit
    return items[start:following], cursor_at(following) if following < len(items) else ""


def metadata(next_cursor: str) -> dict[str, dict[str, str]]:
    return {"response_metadata": {"next_cursor": next_cursor}}
