"""The events of a Responses stream."""

from __future__ import annotations

from typing import Any

from services.entities.calls import Usage
from services.entities.tools import Thought, ToolUse
from services.models.failures import Fault, short
from services.ports.models import Finished, Stop

BLAMED = 400
STATUS_OF_ERROR = {  # other codes blame the request
    "server_error": 500,
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
    "vector_store_timeout": 504,
}
STOPS: dict[str, Stop] = {
    "max_output_tokens": "length",
    "content_filter": "refusal",
}
SENT_BACK = ("type", "id", "summary", "encrypted_content")


class ResponseReading:
    """Usage comes only with the last event; `input_tokens` is the whole input.

    `received` counts what came besides text: a model that writes arguments or thinks is not silent.
    """

    def __init__(self, model: str) -> None:
        self.finished: Finished | None = None
        self.fault: Fault | None = None
        self.request_id: str | None = None
        self.received = 0
        self._model = model
        self._usage: Usage | None = None
        self._refused = False
        self._uses: list[ToolUse] = []
        self._thoughts: list[Thought] = []

    def take(self, event: dict[str, Any]) -> str:
        match event.get("type"):
            case "response.output_text.delta":
                return str(event["delta"])
            case "response.refusal.delta":
                self._refused = True
                return str(event["delta"])
            case "response.function_call_arguments.delta" | "response.output_item.added":
                self.received += 1
            case "response.output_item.done":
                self._keep(event["item"])
            case "response.completed" | "response.incomplete":
                self._finish(event["response"])
            case "response.failed":
                self._count(event["response"])
                self._fail(event["response"].get("error") or {})
            case "error":
                self._fail(event.get("error") or event)
        return ""

    def usage(self) -> Usage | None:
        return self._usage

    def _keep(self, item: dict[str, Any]) -> None:
        self.received += 1
        match item.get("type"):
            case "function_call":
                self._uses.append(ToolUse(item["call_id"], item["name"], item["arguments"]))
            case "reasoning" if item.get("encrypted_content"):
                kept = {name: item[name] for name in SENT_BACK if name in item}
                self._thoughts.append(Thought(self._model, {"summary": [], **kept}))

    def _finish(self, response: dict[str, Any]) -> None:
        reason = (response.get("incomplete_details") or {}).get("reason")
        self._count(response)
        stop: Stop = "refusal" if self._refused else STOPS.get(str(reason), "end")
        asks = stop == "end" and self._uses
        self.finished = Finished(
            self._usage or Usage(estimated=True),
            "tools" if asks else stop,
            self.request_id,
            tuple(self._uses) if asks else (),
            tuple(self._thoughts) if asks else (),
        )

    def _count(self, response: dict[str, Any]) -> None:
        if usage := response.get("usage"):
            self._usage = _usage(usage)

    def _fail(self, error: dict[str, Any]) -> None:
        code: str | None = error.get("code")
        self.fault = Fault(short(code), STATUS_OF_ERROR.get(code, BLAMED) if code else None)


def _usage(usage: dict[str, Any]) -> Usage:
    details = usage.get("input_tokens_details") or {}
    return Usage(
        usage.get("input_tokens", 0),
        details.get("cached_tokens", 0),
        details.get("cache_write_tokens", 0),
        usage.get("output_tokens", 0),
    )
