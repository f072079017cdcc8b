"""What a model hands a tool."""

from __future__ import annotations

from typing import Any

import orjson


def arguments_of(text: str) -> dict[str, Any] | None:
    """The JSON object that it should be; None where it is none. Without a word it is an empty one."""
    try:
        value = orjson.loads(text.strip() or b"{}")
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None
