"""The events of a Messages stream."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from services.entities.calls import Usage
from services.entities.tools import Thought, ToolUse
from services.models.failures import Fault, short
from services.ports.models import Finished, Stop

STATUS_OF_ERROR = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
STOPS: dict[str, Stop] = {
    "max_tokens": "length",
    "refusal": "refusal",
    "model_context_window_exceeded": "context",
}
THINKING = frozenset({"thinking", "redacted_thinking"})
TOOL_USE = "tool_use"


class MessageReading:
    """Usage numbers are cumulative; `input_tokens` leaves out what went through the cache.

    `received` counts what came besides text: a model that writes arguments or thinks is not silent.
    """

    def __init__(self, model: str) -> None:
        self.finished: Finished | None = None
        self.fault: Fault | None = None
        self.request_id: str | None = None
        self.received = 0
        self._model = model
        self._usage: dict[str, int] = {}
        self._blocks: dict[int, dict[str, Any]] = {}
        self._arguments: dict[int, list[str]] = {}

    def take(self, event: dict[str, Any]) -> str:
        match event.get("type"):
            case "content_block_delta":
                delta = event["delta"]
                return str(delta["text"]) if delta.get("type") == "text_delta" else self._grow(event)
            case "content_block_start":
                self._begin(event["index"], event["content_block"])
            case "message_start":
                self._count(event["message"].get("usage"))
            case "message_delta":
                self._count(event.get("usage"))
                self._finish(event["delta"].get("stop_reason"))
            case "error":
                kind = event["error"].get("type")
                self.fault = Fault(short(kind), STATUS_OF_ERROR.get(kind))
        return ""

    def usage(self) -> Usage | None:
        return replace(self._counted(), estimated=self.finished is None) if self._usage else None

    # -- what is no text -----------------------------------------------------------------------

    def _begin(self, index: int, block: dict[str, Any]) -> None:
        if block.get("type") in THINKING | {TOOL_USE}:
            self._blocks[index] = dict(block)
            self.received += 1

    def _grow(self, event: dict[str, Any]) -> str:
        delta, block = event["delta"], self._blocks.get(event["index"])
        self.received += 1
        match delta.get("type"):
            case "input_json_delta":
                self._arguments.setdefault(event["index"], []).append(delta["partial_json"])
            case "thinking_delta" if block is not None:
                block["thinking"] = block.get("thinking", "") + delta["thinking"]
            case "signature_delta" if block is not None:
                block["signature"] = block.get("signature", "") + delta["signature"]
        return ""

    def _uses(self) -> tuple[ToolUse, ...]:
        asked = ((at, block) for at, block in self._blocks.items() if block["type"] == TOOL_USE)
        return tuple(ToolUse(block["id"], block["name"], self._written(at, block)) for at, block in asked)

    def _written(self, index: int, block: dict[str, Any]) -> str:
        """In pieces, or whole with the beginning of its block."""
        return "".join(self._arguments.get(index, ())) or orjson.dumps(block.get("input") or {}).decode()

    def _thoughts(self) -> tuple[Thought, ...]:
        thought = (block for block in self._blocks.values() if block["type"] in THINKING)
        return tuple(Thought(self._model, block) for block in thought)

    # -- the end -------------------------------------------------------------------------------

    def _counted(self) -> Usage:
        read = self._usage.get("cache_read_input_tokens", 0)
        written = self._usage.get("cache_creation_input_tokens", 0)
        fresh = self._usage.get("input_tokens", 0)
        return Usage(fresh + read + written, read, written, self._usage.get("output_tokens", 0))

    def _count(self, usage: dict[str, Any] | None) -> None:
        self._usage |= {name: count for name, count in (usage or {}).items() if isinstance(count, int)}

    def _finish(self, reason: str | None) -> None:
        if reason is None:
            return
        uses = self._uses() if reason == TOOL_USE else ()
        stop: Stop = "tools" if uses else STOPS.get(reason, "end")
        thoughts = self._thoughts() if uses else ()
        self.finished = Finished(self._counted(), stop, self.request_id, uses, thoughts)
