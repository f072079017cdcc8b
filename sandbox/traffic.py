"""What went over the wire lately, for the inspector: bounded, and without the tokens."""

import itertools
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Direction = Literal["app→slack", "slack→app", "app→provider"]

_SECRET = re.compile(r"(xox[abp]-|xapp-|sk-)[\w-]+")
_SECRET_KEYS = frozenset({"token", "app_token", "authorization", "x-api-key"})
_TEXT_SHOWN = 4_000
_ITEMS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Entry:
    id: int
    at: float
    direction: Direction
    name: str
    request: Any
    answer: Any
    status: int
    ms: float

    def public(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "at": self.at,
            "direction": self.direction,
            "name": self.name,
            "request": redacted(self.request),
            "answer": redacted(self.answer),
            "status": self.status,
            "ms": round(self.ms, 1),
        }


class Traffic:
    def __init__(self, kept: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=kept)
        self._ids = itertools.count(1)
        self.on_entry: Callable[[Entry], None] | None = None

    def record(
        self, at: float, direction: Direction, name: str, request: Any, answer: Any, status: int, ms: float
    ) -> None:
        entry = Entry(next(self._ids), at, direction, name, request, answer, status, ms)
        self._entries.append(entry)
        if self.on_entry is not None:
            self.on_entry(entry)

    def entries(self) -> list[Entry]:
        return list(self._entries)

    def clear(self) -> None:
        self._entries.clear()


def redacted(value: Any) -> Any:
    """`value` as JSON that can be shown: no tokens, nothing endless."""
    if isinstance(value, dict):
        return {
            key: "…" if str(key).lower() in _SECRET_KEYS else redacted(item) for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [redacted(item) for item in value[:_ITEMS_SHOWN]]
    if isinstance(value, str):
        shown = value if len(value) <= _TEXT_SHOWN else f"{value[:_TEXT_SHOWN]}…"
        return _SECRET.sub(r"\1…", shown)
    return value if isinstance(value, int | float | bool) or value is None else str(value)
