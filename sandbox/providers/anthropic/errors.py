"""How Anthropic says no, and what every answer carries."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from sandbox.providers.faults import Fault
from sandbox.providers.house import Dropped, Refusal, turns_away

ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
MESSAGES = {
    401: "invalid x-api-key",
    402: "Your credit balance is too low to access the Anthropic API.",
    403: "Your API key does not have permission to use the specified resource.",
    429: "This request would exceed your organization's rate limit.",
    529: "Overloaded",
}


def turn_away(fault: Fault | None, model: str | None, *, streamed: bool) -> None:
    if fault is None or not turns_away(fault, streamed=streamed):
        return
    if fault.kind == "refuse":
        raise Dropped(model)
    status = 529 if fault.kind == "error_event" else fault.status
    kind = fault.error or ERROR_TYPES.get(status, "api_error")
    message = MESSAGES.get(
        status, "Internal server error" if status >= 500 else "The sandbox was told to refuse this."
    )
    raise Refusal(status, kind, message, model=model, retry_after=fault.retry_after)


def error(refusal: Refusal, request_id: str) -> web.Response:
    return json(body(refusal, request_id), request_id, refusal.status, refusal.headers)


def body(refusal: Refusal, request_id: str) -> dict[str, Any]:
    said = {"type": refusal.kind, "message": refusal.message}
    return {"type": "error", "error": said, "request_id": request_id}


def headers(request_id: str) -> dict[str, str]:
    return {"request-id": request_id, "anthropic-organization-id": "00000000-0000-4000-8000-000000000000"}


def json(
    body: dict[str, Any], request_id: str, status: int = 200, extra: dict[str, str] | None = None
) -> web.Response:
    sent = {**headers(request_id), **(extra or {}), "content-type": "application/json"}
    return web.Response(body=orjson.dumps(body), status=status, headers=sent)
