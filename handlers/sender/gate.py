"""The one door to Slack's Web API: behind the rate gates, waiting out 429, repeating only what is safe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError

from handlers.sender import codes
from services.errors import SlackUnavailable
from services.ports.clock import Clock
from services.ports.rates import RateGate

log = structlog.get_logger(__name__)

Answer = Mapping[str, Any]

ATTEMPTS = 4
PATIENCE = 180.0  # seconds that one call may wait for rate limits before it gives up
DEFAULT_RETRY_AFTER = 5.0


class SlackRefused(SlackUnavailable):
    """Slack understood and said no; the same call will be refused again."""

    permanent = True


class ResponseLost(SlackUnavailable):
    """The call may or may not have had its effect: look before doing it again."""


class ApiClient(Protocol):
    """The one method of slack_sdk's AsyncWebClient that is used."""

    async def api_call(
        self,
        api_method: str,
        *,
        http_verb: str = "POST",
        params: dict[str, Any] | None = None,
        json: dict[str, Any] | None = None,
    ) -> Any: ...


class SlackCalls:
    """`client` must not retry by itself: the SDK's handlers repeat POSTs whose answer was lost."""

    def __init__(
        self,
        client: ApiClient,
        gate: RateGate,
        clock: Clock,
        access_lost: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._client = client
        self.gate = gate
        self._clock = clock
        self._access_lost = access_lost

    async def send(
        self,
        team: str,
        method: str,
        body: dict[str, Any],
        *,
        channel: str | None = None,
        repeat: bool = False,
        taken: bool = False,
    ) -> Answer:
        """Make a call that changes something.

        `repeat`: doing it twice does no harm. `taken`: the gate was passed already (`try_take`).
        Raises SlackRefused, ResponseLost (never with `repeat`) or SlackUnavailable.
        """
        return await self._persist(team, method, {"json": body}, channel=channel, repeat=repeat, taken=taken)

    async def read(self, team: str, method: str, params: dict[str, Any]) -> Answer:
        return await self._persist(team, method, {"http_verb": "GET", "params": params}, repeat=True)

    async def _persist(
        self,
        team: str,
        method: str,
        request: dict[str, Any],
        *,
        channel: str | None = None,
        repeat: bool,
        taken: bool = False,
    ) -> Answer:
        deadline = self._clock.monotonic() + PATIENCE
        lost = 0
        while True:
            if not taken:
                await self._wait_turn(team, method, channel)
            taken = False
            try:
                return await self._once(method, request)
            except _RateLimited as limited:
                await self._wait_out(team, method, limited.seconds, deadline)
            except ResponseLost as error:
                lost += 1
                if not (repeat or isinstance(error, _NeverSent)) or lost >= ATTEMPTS:
                    raise _as_told(error, repeat=repeat) from error
                await self._clock.sleep(0.5 * 2**lost)

    async def _wait_turn(self, team: str, method: str, channel: str | None) -> None:
        wait = await self.gate.take(team, method, channel=channel)
        if wait > 0:
            await self._clock.sleep(wait)

    async def _wait_out(self, team: str, method: str, seconds: float, deadline: float) -> None:
        log.warning("slack.rate_limited", method=method, seconds=seconds)
        await self.gate.punish(team, method, seconds)
        if self._clock.monotonic() + seconds > deadline:
            raise SlackUnavailable(method, "ratelimited")
        await self._clock.sleep(seconds)

    async def _once(self, method: str, request: dict[str, Any]) -> Answer:
        try:
            response = await self._client.api_call(method, **request)
        except SlackApiError as error:
            refusal = _from_answer(method, error.response)
            if isinstance(refusal, SlackRefused) and refusal.code in codes.ACCESS_LOST:
                self._access_lost(refusal.code)
            raise refusal from error
        except aiohttp.ClientConnectorError as error:
            raise _NeverSent(method, "connection") from error
        except (TimeoutError, aiohttp.ClientError, OSError, SlackClientError) as error:
            raise ResponseLost(method, type(error).__name__) from error
        answer: Answer = response.data
        return answer


class _NeverSent(ResponseLost):
    """No connection was made, so repeating is always safe."""


class _RateLimited(Exception):
    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def _as_told(error: ResponseLost, *, repeat: bool) -> SlackUnavailable:
    """What is safe to repeat, or was never sent, leaves nothing to look for."""
    if repeat or isinstance(error, _NeverSent):
        return SlackUnavailable(error.method, error.code)
    return error


def _from_answer(method: str, response: Any) -> Exception:
    """The exception for a refused call; `response` is the SDK's, or aiohttp's where the body was no JSON."""
    status: int = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    data = getattr(response, "data", None)
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return _RateLimited(_retry_after(response.headers))
    if status >= 500 or code in codes.UNSURE or not code:
        return ResponseLost(method, code or str(status))
    return SlackRefused(method, code)


def _retry_after(headers: Mapping[str, str]) -> float:
    told = headers.get("Retry-After") or headers.get("retry-after")
    try:
        return max(float(told), 1.0) if told is not None else DEFAULT_RETRY_AFTER
    except ValueError:
        return DEFAULT_RETRY_AFTER
