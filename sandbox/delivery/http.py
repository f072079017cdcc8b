"""HTTP: each delivery is a signed POST to the app's request URL, which has three seconds."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson

from sandbox.clock import Clock
from sandbox.delivery.record import Ack, Delivery, Failure, Outcome
from sandbox.settings import Credentials, SandboxSettings

_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
_OK = 200
_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


class SignedHttp:
    def __init__(
        self, urls: Sequence[str], clock: Clock, credentials: Credentials, settings: SandboxSettings
    ) -> None:
        self.urls, self._clock, self._credentials = tuple(urls), clock, credentials
        timeout = aiohttp.ClientTimeout(total=settings.ack_timeout)
        self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False)
        self._turn = 0

    def places(self) -> Sequence[str]:
        return self.urls

    async def attempt(
        self, delivery: Delivery, number: int, reason: str, to: str | None
    ) -> tuple[str, Outcome]:
        self._turn += 1
        url = to or self.urls[self._turn % len(self.urls)]
        content_type, body = encoded(delivery)
        headers = self._signed(body) | {"Content-Type": content_type, "User-Agent": _AGENT, "Accept": "*/*"}
        if number:
            headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
        return url, await self._post(url, headers, body)

    async def challenge(self, url: str) -> bool:
        """Slack's check of a new request URL."""
        payload = {"type": "url_verification", "token": self._credentials.verification_token}
        delivery = Delivery("events_api", "url_verification", payload | {"challenge": "3eZbrw1a"}, 0.0)
        _, outcome = await self.attempt(delivery, 0, "", url)
        body = outcome.body if isinstance(outcome, Ack) else None
        return body is not None and "3eZbrw1a" in (body.get("challenge"), body.get("text"))

    async def close(self) -> None:
        await self._session.close()

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> Outcome:
        try:
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                data = await answer.read()
                if answer.status == _OK:
                    return Ack(_answer(answer.content_type, data))
                return Failure("http_error", final=answer.headers.get("X-Slack-No-Retry") == "1")
        except TimeoutError:
            return Failure("http_timeout")
        except aiohttp.ClientError:
            return Failure("connection_failed")

    def _signed(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._clock.now()))
        base = b"v0:" + timestamp.encode() + b":" + body
        secret = self._credentials.signing_secret.encode()
        signature = hmac.new(secret, base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={signature}"}


def encoded(delivery: Delivery) -> tuple[str, bytes]:
    """Events are JSON, commands a form, interactions a form with one JSON field."""
    if delivery.kind == "events_api":
        return _JSON, orjson.dumps(delivery.payload)
    if delivery.kind == "slash_commands":
        return _FORM, urlencode(delivery.payload).encode()
    return _FORM, urlencode({"payload": orjson.dumps(delivery.payload).decode()}).encode()


def _answer(content_type: str, data: bytes) -> dict[str, Any] | None:
    if not data:
        return None
    if content_type == _JSON:
        parsed = orjson.loads(data)
        return parsed if isinstance(parsed, dict) else None
    return {"text": data.decode(errors="replace")}
