"""The floor of P2 and P3: streams a model's answer into the thread with the SDK's own helper, and forgets it.

Slack is called as seldom as streaming allows: at the first text, then once a second, then at the end.
"""

from __future__ import annotations

import os
import time
from typing import Any

from anthropic import AsyncAnthropic, DefaultAioHttpClient, DefaultAsyncHttpxClient
from slack_sdk.web.async_client import AsyncWebClient

from tests.bench.floors.ok import heard
from tests.bench.floors.serving import bolt, run, serve

SYSTEM = "You answer in a Slack thread. Be concrete and brief."
SECONDS = 1.0
TRANSPORTS = {"aiohttp": DefaultAioHttpClient, "httpx": DefaultAsyncHttpxClient}


class Stream:
    """One streamed message."""

    def __init__(self, client: AsyncWebClient, event: dict[str, Any], team: str) -> None:
        self._client, self._event, self._team = client, event, team
        self._ts: str | None = None
        self._text: list[str] = []
        self._due = 0.0

    async def write(self, text: str) -> None:
        self._text.append(text)
        if time.monotonic() < self._due:
            return
        taken = self._taken()
        if self._ts is None:
            self._ts = await self._start(taken)
        else:
            await self._client.chat_appendStream(
                channel=self._event["channel"], ts=self._ts, markdown_text=taken
            )
        self._due = time.monotonic() + SECONDS

    async def close(self) -> None:
        left = self._taken() or None
        await self._client.chat_stopStream(
            channel=self._event["channel"], ts=str(self._ts), markdown_text=left
        )

    async def _start(self, text: str) -> str:
        answer = await self._client.chat_startStream(
            channel=self._event["channel"],
            thread_ts=self._event["ts"],
            recipient_team_id=self._team,
            recipient_user_id=self._event["user"],
            markdown_text=text,
        )
        return str(answer["ts"])

    def _taken(self) -> str:
        taken, self._text = "".join(self._text), []
        return taken


class Bot:
    def __init__(self, model: AsyncAnthropic) -> None:
        self._model = model

    async def mentioned(self, event: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        shown = Stream(client, event, body["team_id"])
        async with self._model.messages.stream(
            model="claude-sonnet-5-5",
            max_tokens=4096,
            system=SYSTEM,
            messages=[{"role": "user", "content": event["text"]}],
        ) as stream:
            async for text in stream.text_stream:
                await shown.write(text)
        await shown.close()


async def main() -> None:
    transport = TRANSPORTS[os.environ.get("FLOOR_TRANSPORT", "aiohttp")]
    model = AsyncAnthropic(
        api_key=os.environ["ANTHROPIC_API_KEY"],
        base_url=os.environ["ANTHROPIC_BASE_URL"],
        max_retries=0,
        http_client=transport(),
    )
    async with model, bolt() as app:
        app.event("app_mention")(Bot(model).mentioned)
        app.event("message")(heard)
        await serve(app)


if __name__ == "__main__":
    run(main)
