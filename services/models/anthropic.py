"""Claude, over Anthropic's Messages API (version 2026-10-21: no temperature, no prefill)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncGenerator, Iterable
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Any, Literal

import httpx2
from anthropic import AnthropicError, AsyncAnthropic, DefaultAioHttpClient

from services.entities import Usage
from services.models.estimate import estimate_usage
from services.models.failures import Fault, short
from services.models.streaming import Answer, Timeouts
from services.ports.models import Finished, ImagePart, ModelEvent, ModelMessage, ModelRequest, Part

PROVIDER = "anthropic"
BREAKPOINTS = 4  # more are refused with 400
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
STOPS: dict[str, Literal["end", "length", "refusal", "context"]] = {
    "max_tokens": "length",
    "refusal": "refusal",
    "model_context_window_exceeded": "context",
}


def anthropic_client(
    key: str,
    base_url: str | None = None,
    timeouts: Timeouts | None = None,
    http_client: httpx2.AsyncClient | None = None,
) -> AsyncAnthropic:
    """A client that never retries by itself. Close it. The transport over aiohttp halves the CPU time."""
    times = timeouts or Timeouts()
    timeout = httpx2.Timeout(times.read, connect=times.connect, pool=times.connect)
    return AsyncAnthropic(
        api_key=key,
        base_url=base_url or "https://api.anthropic.com",
        timeout=timeout,
        max_retries=0,
        open_telemetry=False,
        default_headers={"Accept-Encoding": "identity"},
        http_client=http_client or DefaultAioHttpClient(timeout=timeout),
    )


class AnthropicModel:
    """`client` must have been made with `max_retries=0`."""

    def __init__(self, client: AsyncAnthropic, name: str, timeouts: Timeouts | None = None) -> None:
        self._name = name
        self._create = client.messages.with_streaming_response.create
        self._timeouts = timeouts or Timeouts()

    @property
    def provider(self) -> str:
        return PROVIDER

    @property
    def name(self) -> str:
        return self._name

    def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        params = message_params(self._name, request)
        answer = Answer(
            PROVIDER,
            open_=lambda: self._create(**params, stream=True),
            reading=MessageReading(),
            timeouts=self._timeouts,
            estimate=partial(estimate_usage, request),
            errors=(AnthropicError,),
        )
        return answer.events()


def message_params(model: str, request: ModelRequest) -> dict[str, Any]:
    system = _blocks(request.system)
    messages = _messages(request.messages)
    _limit_breakpoints([*system, *(block for message in messages for block in message["content"])])
    params = {"model": model, "max_tokens": request.max_tokens, "messages": messages}
    return {**params, "system": system} if system else params


def _messages(messages: Iterable[ModelMessage]) -> list[dict[str, Any]]:
    """Neighbours of one role become one message, as the API has it."""
    merged = (
        {"role": role, "content": _blocks(part for message in group for part in message.parts)}
        for role, group in groupby(messages, key=lambda message: message.role)
    )
    return [message for message in merged if message["content"]]


def _blocks(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Blank texts are left out: the API refuses them."""
    return [_block(part) for part in parts if isinstance(part, ImagePart) or not _blank(part.text)]


def _blank(text: str) -> bool:
    return not text or text.isspace()


def _block(part: Part) -> dict[str, Any]:
    if isinstance(part, ImagePart):
        data = b64encode(part.data).decode()
        return {"type": "image", "source": {"type": "base64", "media_type": part.mimetype, "data": data}}
    block = {"type": "text", "text": part.text}
    return {**block, "cache_control": {"type": "ephemeral"}} if part.cache else block


def _limit_breakpoints(blocks: Iterable[dict[str, Any]]) -> None:
    """The last ones win: they cover the longest prefix."""
    marked = [block for block in blocks if "cache_control" in block]
    for block in marked[:-BREAKPOINTS]:
        del block["cache_control"]


class MessageReading:
    """Usage numbers are cumulative; `input_tokens` leaves out what went through the cache."""

    def __init__(self) -> None:
        self.finished: Finished | None = None
        self.fault: Fault | None = None
        self.request_id: str | None = None
        self._usage: dict[str, int] = {}

    def take(self, event: dict[str, Any]) -> str:
        match event.get("type"):
            case "content_block_delta":
                return _text(event["delta"])
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

    def _counted(self) -> Usage:
        read = self._usage.get("cache_read_input_tokens", 0)
        written = self._usage.get("cache_creation_input_tokens", 0)
        fresh = self._usage.get("input_tokens", 0)
        return Usage(fresh + read + written, read, written, self._usage.get("output_tokens", 0))

    def _count(self, usage: dict[str, Any] | None) -> None:
        self._usage |= {name: count for name, count in (usage or {}).items() if isinstance(count, int)}

    def _finish(self, reason: str | None) -> None:
        if reason is not None:
            self.finished = Finished(self._counted(), STOPS.get(reason, "end"), self.request_id)


def _text(delta: dict[str, Any]) -> str:
    return str(delta["text"]) if delta.get("type") == "text_delta" else ""
