"""Claude, over Anthropic's Messages API (version 2026-10-21: no temperature, no prefill)."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from functools import partial

import httpx2
from anthropic import AnthropicError, AsyncAnthropic, DefaultAioHttpClient

from services.models.anthropic.reading import MessageReading
from services.models.anthropic.request import message_params
from services.models.estimate import estimate_usage
from services.models.streaming import Answer, Timeouts
from services.ports.models import ModelEvent, ModelRequest

PROVIDER = "anthropic"


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
            reading=MessageReading(self._name),
            timeouts=self._timeouts,
            estimate=partial(estimate_usage, request),
            errors=(AnthropicError,),
        )
        return answer.events()
