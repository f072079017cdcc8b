"""Both providers' wire formats, for the suite that each adapter has to pass."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, ClassVar, Protocol

import httpx2

from services.models.anthropic import AnthropicModel, anthropic_client
from services.models.openai import OpenAIModel, openai_client
from services.models.streaming import Timeouts
from services.ports.models import ChatModel, ImagePart, ModelMessage, ModelRequest, TextPart

IMPATIENT = Timeouts(first_token=0.8, stall=0.4)  # a busy machine stands still for a while
HANG = b""  # as a chunk: nothing more comes
Handler = Callable[[httpx2.Request], httpx2.Response]


def ask(text: str = "What is a rough cut?", **changes: Any) -> ModelRequest:
    question = ModelMessage("user", (TextPart(text),))
    given = {
        "system": (TextPart("Be brief."),),
        "messages": (question,),
        "max_tokens": 500,
        "purpose": "chat",
    }
    return ModelRequest(**{**given, **changes})


def image(data: bytes = b"pixels") -> ImagePart:
    return ImagePart("image/png", data)


def event(kind: str, **fields: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


class Body(httpx2.AsyncByteStream):
    """Chunks of a response body, one read each. An exception among them is raised."""

    def __init__(self, chunks: Sequence[bytes | Exception]) -> None:
        self._chunks = chunks
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            await asyncio.sleep(0)
            if isinstance(chunk, Exception):
                raise chunk
            if chunk == HANG:
                await forever()
            yield chunk

    async def aclose(self) -> None:
        self.closed = True


async def forever() -> None:
    await asyncio.Event().wait()


class Provider(Protocol):
    """What the suite needs to know of a provider."""

    name: str
    request_id_header: str
    codes: ClassVar[dict[str, str]]  # of an error event: "overload", "rejected"

    def model(self, handler: Handler, timeouts: Timeouts | None = None) -> ChatModel: ...

    def served(self, url: str, timeouts: Timeouts | None = None) -> tuple[ChatModel, Any]:
        """A model over the real transport, and its client."""
        ...

    def start(self) -> bytes: ...

    def delta(self, text: str) -> bytes: ...

    def end(self, stop: str = "end", **usage: int) -> bytes:
        """`usage`: fresh, read, written, out."""
        ...

    def error(self, code: str) -> bytes: ...

    def refused(self, status: int) -> httpx2.Response: ...


class Anthropic:
    name = "anthropic"
    request_id_header = "request-id"
    codes: ClassVar = {"overload": "overloaded_error", "rejected": "invalid_request_error"}
    stops: ClassVar = {"end": "end_turn", "length": "max_tokens", "refusal": "refusal"}

    def model(self, handler: Handler, timeouts: Timeouts | None = None) -> ChatModel:
        client = anthropic_client("sk-ant-test", http_client=mocked(handler))
        return AnthropicModel(client, "claude-sonnet-5-5", timeouts)

    def served(self, url: str, timeouts: Timeouts | None = None) -> tuple[ChatModel, Any]:
        client = anthropic_client("sk-ant-test", url, timeouts)
        return AnthropicModel(client, "claude-sonnet-5-5", timeouts), client

    def start(self) -> bytes:
        usage = {"input_tokens": 10, "cache_read_input_tokens": 200, "cache_creation_input_tokens": 30}
        return event("message_start", message={"id": "msg_1", "usage": {**usage, "output_tokens": 1}})

    def delta(self, text: str) -> bytes:
        return event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})

    def end(self, stop: str = "end", **usage: int) -> bytes:
        count = {"input_tokens": usage.get("fresh", 10), "output_tokens": usage.get("out", 7)}
        cached = {
            "cache_read_input_tokens": usage.get("read", 200),
            "cache_creation_input_tokens": usage.get("written", 30),
        }
        reason = {"stop_reason": self.stops.get(stop, stop)}
        return event("message_delta", delta=reason, usage={**count, **cached}) + event("message_stop")

    def error(self, code: str) -> bytes:
        return event("error", error={"type": code, "message": "the prompt was: SECRET"})

    def refused(self, status: int) -> httpx2.Response:
        error = {"type": "some_error", "message": "the prompt was: SECRET"}
        return httpx2.Response(status, json={"type": "error", "error": error})


class OpenAI:
    name = "openai"
    request_id_header = "x-request-id"
    codes: ClassVar = {"overload": "server_error", "rejected": "invalid_prompt"}

    def model(self, handler: Handler, timeouts: Timeouts | None = None) -> ChatModel:
        return OpenAIModel(openai_client("sk-test", http_client=mocked(handler)), "gpt-6-luna", timeouts)

    def served(self, url: str, timeouts: Timeouts | None = None) -> tuple[ChatModel, Any]:
        client = openai_client("sk-test", f"{url}/v1", timeouts)
        return OpenAIModel(client, "gpt-6-luna", timeouts), client

    def start(self) -> bytes:
        return event("response.created", response={"id": "resp_1", "status": "in_progress", "usage": None})

    def delta(self, text: str) -> bytes:
        return event("response.output_text.delta", delta=text, item_id="m", output_index=0, content_index=0)

    def end(self, stop: str = "end", **usage: int) -> bytes:
        fresh, read, written = usage.get("fresh", 10), usage.get("read", 200), usage.get("written", 30)
        count = {
            "input_tokens": fresh + read + written,
            "input_tokens_details": {"cached_tokens": read, "cache_write_tokens": written},
            "output_tokens": usage.get("out", 7),
        }
        if stop == "end":
            return event("response.completed", response={"status": "completed", "usage": count})
        reason = {"length": "max_output_tokens", "refusal": "content_filter"}[stop]
        cut = {"status": "incomplete", "incomplete_details": {"reason": reason}, "usage": count}
        return event("response.incomplete", response=cut)

    def error(self, code: str) -> bytes:
        failed = {
            "status": "failed",
            "error": {"code": code, "message": "the prompt was: SECRET"},
            "usage": None,
        }
        return event("response.failed", response=failed)

    def refused(self, status: int) -> httpx2.Response:
        error = {"type": "some_error", "code": None, "message": "the prompt was: SECRET"}
        return httpx2.Response(status, json={"error": error})


PROVIDERS: tuple[Provider, ...] = (Anthropic(), OpenAI())


def mocked(handler: Handler) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.MockTransport(handler))


def answering(*chunks: bytes | Exception, headers: dict[str, str] | None = None) -> Handler:
    given = {"content-type": "text/event-stream", **(headers or {})}
    return lambda _: httpx2.Response(200, headers=given, stream=Body(chunks))


class Recorder:
    """A handler that keeps the bodies of the requests it answers."""

    def __init__(self, answer: Handler) -> None:
        self._answer = answer
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return self._answer(request)

    @property
    def sent(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.requests[-1].content)
        return body
