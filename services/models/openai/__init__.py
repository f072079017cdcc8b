"""OpenAI's models, over the Responses API; nothing is stored there."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from functools import partial

import httpx2
from openai import AsyncOpenAI, DefaultAioHttpClient, OpenAIError

from services.models.estimate import estimate_usage
from services.models.openai.reading import ResponseReading
from services.models.openai.request import response_params
from services.models.streaming import Answer, Timeouts
from services.ports.models import ModelEvent, ModelRequest

PROVIDER = "openai"


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
        self._client = client
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
            # Loaded by the SDK when it is first touched: megabytes that nobody needs who is never asked.
            open_=lambda: self._client.responses.with_streaming_response.create(**params, stream=True),
            reading=ResponseReading(self._name),
            timeouts=self._timeouts,
            estimate=partial(estimate_usage, request),
            errors=(OpenAIError,),
        )
        return answer.events()
