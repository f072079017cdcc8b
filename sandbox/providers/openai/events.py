"""Answers of the Responses API: one JSON object, or its stream of events, as bytes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

import orjson

from sandbox.providers import tokens
from sandbox.providers.caching import Plan
from sandbox.providers.delivery import Script
from sandbox.providers.house import new_id
from sandbox.providers.openai.requests import ResponsesRequest
from sandbox.providers.prompt import Call
from sandbox.providers.reply import Reply, arguments_of

FAILED = "response.failed"
TROUBLE = "The server had an error while processing your request. Sorry about that!"
TIERS = {tier: tier for tier in ("flex", "priority", "fast", "ultrafast", "scale")}
TTLS = {1_800.0: "ttl_30m_tokens", 43_200.0: "ttl_12h_tokens"}


@dataclass(frozen=True, slots=True)
class Draft:
    """`writes_paid` is False for the models that cache without a price for it."""

    id: str
    request_id: str
    request: ResponsesRequest
    echo: dict[str, Any]
    reply: Reply
    plan: Plan
    created: int
    message_id: str
    calls: tuple[tuple[str, str], ...]
    writes_paid: bool

    @property
    def stop(self) -> str:
        return "max_output_tokens" if self.reply.ending == "length" else "completed"


def draft(
    request: ResponsesRequest,
    body: dict[str, Any],
    reply: Reply,
    plan: Plan,
    request_id: str,
    at: float,
    *,
    paid: bool,
) -> Draft:
    calls = tuple((new_id("fc_"), new_id("call_")) for _ in reply.calls)
    ids = new_id("resp_"), request_id
    return Draft(*ids, request, body, reply, plan, int(at), new_id("msg_"), calls, paid)


def usage(sent: Draft) -> dict[str, Any]:
    written = sent.plan.written if sent.writes_paid else {}
    return {
        "input_tokens": sent.plan.total,
        "input_tokens_details": {
            "cached_tokens": sent.plan.read,
            "cache_write_tokens": sum(written.values()),
            "cache_write_tokens_details": {name: written.get(ttl, 0) for ttl, name in TTLS.items()},
        },
        "output_tokens": sent.reply.tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": sent.plan.total + sent.reply.tokens,
    }


def items(sent: Draft) -> list[dict[str, Any]]:
    status = "incomplete" if sent.reply.ending == "length" else "completed"
    shown = [_message(sent, status, [_part(sent, sent.reply.text)])] if _speaks(sent) else []
    return shown + [_function(ids, call, arguments_of(call), "completed") for ids, call in _calls(sent)]


def response(sent: Draft, status: str, **fields: Any) -> dict[str, Any]:
    asked = sent.request
    return {
        "id": sent.id,
        "object": "response",
        "created_at": sent.created,
        "status": status,
        "background": False,
        "completed_at": sent.created if status == "completed" else None,
        "error": None,
        "incomplete_details": None,
        "instructions": asked.instructions,
        "max_output_tokens": asked.max_output_tokens,
        "max_tool_calls": asked.max_tool_calls,
        "model": asked.model,
        "output": [],
        "parallel_tool_calls": asked.parallel_tool_calls is not False,
        "previous_response_id": asked.previous_response_id,
        "prompt_cache_key": asked.prompt_cache_key,
        "prompt_cache_options": sent.echo.get("prompt_cache_options"),
        "prompt_cache_retention": asked.prompt_cache_retention,
        "reasoning": sent.echo.get("reasoning") or {"effort": None, "summary": None},
        "safety_identifier": asked.safety_identifier,
        "service_tier": TIERS.get(asked.service_tier or "", "default"),
        "store": asked.store is not False,
        "temperature": 1.0 if asked.temperature is None else asked.temperature,
        "text": {"format": {"type": "text"}, "verbosity": "medium", **(sent.echo.get("text") or {})},
        "tool_choice": sent.echo.get("tool_choice", "auto"),
        "tools": sent.echo.get("tools") or [],
        "top_logprobs": 0,
        "top_p": 1.0 if asked.top_p is None else asked.top_p,
        "truncation": asked.truncation or "disabled",
        "usage": None,
        "user": asked.user,
        "metadata": asked.metadata or {},
        **fields,
    }


def final(sent: Draft) -> dict[str, Any]:
    output, paid = items(sent), usage(sent)
    if sent.reply.ending == "length":
        reason = {"reason": "max_output_tokens"}
        return response(sent, "incomplete", output=output, usage=paid, incomplete_details=reason)
    return response(sent, "completed", output=output, usage=paid)


def script(sent: Draft, error: str | None = None) -> Script:
    return _Writer(sent).script(error)


class _Writer:
    """Writes a response's events in the SDK's order, numbering them."""

    def __init__(self, sent: Draft) -> None:
        self._sent = sent
        self._number = count()
        self._steps: list[bytes] = []
        self._waiting = b""

    def script(self, error: str | None) -> Script:
        sent = self._sent
        opening = response(sent, "in_progress")
        head = self._event("response.created", {"response": opening})
        head += self._event("response.in_progress", {"response": opening})
        if _speaks(sent):
            self._say()
        for at, (ids, call) in enumerate(_calls(sent), start=int(_speaks(sent))):
            self._call(at, ids, call)
        kind = "response.incomplete" if sent.reply.ending == "length" else "response.completed"
        tail = self._waiting + self._event(kind, {"response": final(sent)})
        return Script(head, self._steps, tail, lambda done: self._broken(error, done))

    def _event(self, kind: str, fields: dict[str, Any]) -> bytes:
        data = {"type": kind, **fields, "sequence_number": next(self._number)}
        return b"event: %b\ndata: %b\n\n" % (kind.encode(), orjson.dumps(data))

    def _say(self) -> None:
        sent, item = self._sent, {"output_index": 0, "item_id": self._sent.message_id, "content_index": 0}
        self._begin(0, _message(sent, "in_progress", []))
        self._waiting += self._event("response.content_part.added", {**item, "part": _part(sent, "")})
        refused = sent.reply.ending == "refusal"
        kind = "response.refusal" if refused else "response.output_text"
        self._pieces(f"{kind}.delta", item, sent.reply.text, b"" if refused else b'"logprobs":[],')
        said = {"refusal": sent.reply.text} if refused else {"text": sent.reply.text, "logprobs": []}
        self._waiting += self._event(f"{kind}.done", {**item, **said})
        part = _part(sent, sent.reply.text)
        self._waiting += self._event("response.content_part.done", {**item, "part": part})
        status = "incomplete" if sent.reply.ending == "length" else "completed"
        self._end(0, _message(sent, status, [part]))

    def _call(self, at: int, ids: tuple[str, str], call: Call) -> None:
        arguments, item = arguments_of(call), {"output_index": at, "item_id": ids[0]}
        self._begin(at, _function(ids, call, "", "in_progress"))
        self._pieces("response.function_call_arguments.delta", item, arguments)
        done = {**item, "name": call.name, "arguments": arguments}
        self._waiting += self._event("response.function_call_arguments.done", done)
        self._end(at, _function(ids, call, arguments, "completed"))

    def _begin(self, at: int, item: dict[str, Any]) -> None:
        self._waiting += self._event("response.output_item.added", {"output_index": at, "item": item})

    def _end(self, at: int, item: dict[str, Any]) -> None:
        self._waiting += self._event("response.output_item.done", {"output_index": at, "item": item})

    def _pieces(self, kind: str, item: dict[str, Any], text: str, extra: bytes = b"") -> None:
        """One event for each token, put together as bytes: this is the part that has to be fast."""
        start = b'event: %b\ndata: {"type":"%b",%b,%b"delta":' % (
            kind.encode(),
            kind.encode(),
            orjson.dumps(item)[1:-1],
            extra,
        )
        pieces = [
            b'%b%b,"sequence_number":%d}\n\n' % (start, orjson.dumps(piece), next(self._number))
            for piece in tokens.split(text)
        ]
        if pieces:
            pieces[0] = self._waiting + pieces[0]
            self._waiting = b""
        self._steps += pieces

    def _broken(self, error: str | None, done: int) -> bytes:
        self._number = count(2 + (2 + done if done else 0))
        trouble = {"code": "server_error", "message": TROUBLE}
        if error == FAILED:
            return self._event(FAILED, {"response": response(self._sent, "failed", error=trouble)})
        return self._event("error", {**trouble, "code": error or "server_error", "param": None})


def _speaks(sent: Draft) -> bool:
    return bool(sent.reply.text) or not sent.reply.calls


def _calls(sent: Draft) -> list[tuple[tuple[str, str], Call]]:
    return list(zip(sent.calls, sent.reply.calls, strict=True))


def _part(sent: Draft, text: str) -> dict[str, Any]:
    if sent.reply.ending == "refusal":
        return {"type": "refusal", "refusal": text}
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _message(sent: Draft, status: str, content: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": sent.message_id,
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": content,
    }


def _function(ids: tuple[str, str], call: Call, arguments: str, status: str) -> dict[str, Any]:
    names = {"id": ids[0], "call_id": ids[1], "name": call.name}
    return {"type": "function_call", "status": status, "arguments": arguments, **names}
