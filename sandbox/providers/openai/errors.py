"""How OpenAI says no, and what every answer carries."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from sandbox.providers.faults import Fault
from sandbox.providers.house import Dropped, Refusal, turns_away
from sandbox.providers.openai.events import TROUBLE

CODES = {
    401: "invalid_api_key",
    403: "unsupported_country_region_territory",
    429: "rate_limit_exceeded",
    500: "server_error",
    503: "server_overloaded",
}
TYPES = {401: "invalid_request_error", 403: "request_forbidden", 429: "requests"}
MESSAGES = {
    "rate_limit_exceeded": "Rate limit reached. Please try again later.",
    "insufficient_quota": (
        "You exceeded your current quota, please check your plan and billing details. For more information "
        "on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."
    ),
}


def turn_away(fault: Fault | None, model: str | None, *, streamed: bool) -> None:
    if fault is None or not turns_away(fault, streamed=streamed):
        return
    if fault.kind == "refuse":
        raise Dropped(model)
    status = 500 if fault.kind == "error_event" else fault.status
    code = fault.error or CODES.get(status)
    kind = code if code == "insufficient_quota" else TYPES.get(status, "invalid_request_error")
    kind = "server_error" if status >= 500 else kind
    message = MESSAGES.get(code or "", TROUBLE if status >= 500 else "The sandbox was told to refuse this.")
    raise Refusal(status, kind, message, code=code, model=model, retry_after=fault.retry_after)


def error(refusal: Refusal, request_id: str) -> web.Response:
    return json(body(refusal), request_id, refusal.status, refusal.headers)


def body(refusal: Refusal) -> dict[str, Any]:
    said = {"message": refusal.message, "type": refusal.kind, "param": refusal.param, "code": refusal.code}
    return {"error": said}


def headers(request_id: str) -> dict[str, str]:
    return {"x-request-id": request_id, "openai-version": "2020-10-01", "openai-organization": "sandbox"}


def json(
    body: dict[str, Any], request_id: str, status: int = 200, extra: dict[str, str] | None = None
) -> web.Response:
    sent = {**headers(request_id), **(extra or {}), "content-type": "application/json"}
    return web.Response(body=orjson.dumps(body), status=status, headers=sent)
