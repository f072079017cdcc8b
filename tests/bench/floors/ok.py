"""The floor of P1: acknowledges what it hears and posts "ok" below each mention."""

from __future__ import annotations

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from tests.bench.floors.serving import bolt, run, serve


async def mentioned(event: dict[str, Any], client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="ok")


async def heard() -> None:
    """The twin of a mention, and chatter: acknowledged, or Slack would send it again."""


async def main() -> None:
    async with bolt() as app:
        app.event("app_mention")(mentioned)
        app.event("message")(heard)
        await serve(app)


if __name__ == "__main__":
    run(main)
