"""OpenAI's models, over the Responses API; nothing is stored there."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import AsyncGenerator, Iterable
from functools import partial
from typing import Any, Literal

import httpx2
from openai import AsyncOpenAI, DefaultAioHttpClient, OpenAIError

from services.entities import Usage
from services.models.estimate import estimate_usage
from services.models.failures import Fault, short
from services.models.streaming import Answer, Timeouts
from services.ports.models import Finished, ImagePart, ModelEvent, ModelMessage, ModelRequest, Part

PROVIDER = "openai"
BREAKPOINTS_SINCE = (5, 6)
"""The models from here on cache where they are told to; those before cache every prefix by themselves."""
BLAMED = 400
STATUS_OF_ERROR = {  # other codes blame the request
    "server_error": 500,
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
    "vector_store_timeout": 504,
}
STOPS: dict[str, Literal["end", "length", "refusal"]] = {
    "max_output_tokens": "length",
    "content_filter": "refusal",
}


def openai_client(
    key: str,
    base_url: str | None = None,
    timeouts: Timeouts | None = None,
    http_client: httpx2.AsyncClient | None = None,
) -> AsyncOpenAI:
    """A client that never retries by itself. Close it. The transport over aiohttp halves the CPU time."""
    times = timeouts or Timeouts()
    timeout = httpx2.Timeout(times.read, connect=times.connect, pool=times.connect)
    return AsyncOpenAI(
        api_key=key,
        base_url=base_url or "https://api.openai.com/v1",
        timeout=timeout,
        max_retries=0,
        default_headers={"Accept-Encoding": "identity"},
        http_client=http_client or DefaultAioHttpClient(timeout=timeout),
    )


class OpenAIModel:
    """`client` must have been made with `max_retries=0`."""

    def __init__(self, client: AsyncOpenAI, name: str, timeouts: Timeouts | None = None) -> None:
        self._name = name
        self._create = client.responses.with_streaming_response.create
        self._timeouts = timeouts or Timeouts()

    @property
    def provider(self) -> str:
        return PROVIDER

    @property
    def name(self) -> str:
        return self._name

    def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        params = response_params(self._name, request)
        answer = Answer(
            PROVIDER,
            open_=lambda: self._create(**params, stream=True),
            reading=ResponseReading(),
            timeouts=self._timeouts,
            estimate=partial(estimate_usage, request),
            errors=(OpenAIError,),
        )
        return answer.events()


def response_params(model: str, request: ModelRequest) -> dict[str, Any]:
    told = has_breakpoints(model)
    marked = told and any(part.cache for part in request.system)
    instructions = "" if marked else "\n\n".join(part.text for part in request.system if part.text)
    first = [{"role": "developer", "content": _blocks(request.system, told)}] if marked else []
    optional = {
        "instructions": instructions,
        "prompt_cache_key": request.cache_key,
        # Writing costs a quarter more: where nothing is marked, nothing will be asked again.
        "prompt_cache_options": {"mode": "explicit", "ttl": "30m"} if told else None,
    }
    return {
        "model": model,
        "max_output_tokens": request.max_tokens,
        "input": [*first, *_messages(request.messages, told)],
        "store": False,
        **{name: value for name, value in optional.items() if value},
    }


def has_breakpoints(model: str) -> bool:
    """Others refuse to be told of any."""
    found = re.match(r"gpt-(\d+)(?:\.(\d+))?(?![\w.])", model)
    return found is not None and (int(found[1]), int(found[2] or 0)) >= BREAKPOINTS_SINCE


def _messages(messages: Iterable[ModelMessage], told: bool) -> list[dict[str, Any]]:
    given = ({"role": message.role, "content": _content(message, told)} for message in messages)
    return [message for message in given if message["content"]]


def _content(message: ModelMessage, told: bool) -> str | list[dict[str, Any]]:
    """What the assistant said goes back as plain text, the only form its role takes without ids."""
    if message.role == "assistant":
        return "".join(part.text for part in message.parts if not isinstance(part, ImagePart))
    return _blocks(message.parts, told)


def _blocks(parts: Iterable[Part], told: bool) -> list[dict[str, Any]]:
    return [_block(part, told) for part in parts if isinstance(part, ImagePart) or part.text]


def _block(part: Part, told: bool) -> dict[str, Any]:
    if isinstance(part, ImagePart):
        url = f"data:{part.mimetype};base64,{b64encode(part.data).decode()}"
        return {"type": "input_image", "image_url": url, "detail": "auto"}
    block = {"type": "input_text", "text": part.text}
    return {**block, "prompt_cache_breakpoint": {"mode": "explicit"}} if told and part.cache else block


class ResponseReading:
    """Usage comes only with the last event; `input_tokens` is the whole input."""

    def __init__(self) -> None:
        self.finished: Finished | None = None
        self.fault: Fault | None = None
        self.request_id: str | None = None
        self._usage: Usage | None = None
        self._refused = False

    def take(self, event: dict[str, Any]) -> str:
        match event.get("type"):
            case "response.output_text.delta":
                return str(event["delta"])
            case "response.refusal.delta":
                self._refused = True
                return str(event["delta"])
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

    def _finish(self, response: dict[str, Any]) -> None:
        reason = (response.get("incomplete_details") or {}).get("reason")
        self._count(response)
        usage = self._usage or Usage(estimated=True)
        stop = "refusal" if self._refused else STOPS.get(str(reason), "end")
        self.finished = Finished(usage, stop, self.request_id)

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
