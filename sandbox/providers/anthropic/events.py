"""Answers of the Messages API: one JSON object, or its stream of events, as bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from sandbox.providers import tokens
from sandbox.providers.caching import Plan
from sandbox.providers.delivery import Script
from sandbox.providers.house import new_id
from sandbox.providers.prompt import Call
from sandbox.providers.reply import Ending, Reply, arguments_of

STOP_REASONS: dict[Ending, str] = {
    "end": "end_turn",
    "length": "max_tokens",
    "stop_sequence": "stop_sequence",
    "tools": "tool_use",
    "refusal": "refusal",
}
REFUSED = {
    "type": "refusal",
    "category": "general_harms",
    "explanation": "The sandbox was told to refuse this request.",
}
MESSAGES = {
    "overloaded_error": "Overloaded",
    "rate_limit_error": "This request would exceed your rate limit.",
}


@dataclass(frozen=True, slots=True)
class Draft:
    id: str
    model: str
    reply: Reply
    plan: Plan
    request_id: str
    tool_ids: tuple[str, ...]
    terms: dict[str, Any]
    """What usage says of how the request was served: tier, place, speed."""


def draft(model: str, reply: Reply, plan: Plan, request_id: str, terms: dict[str, Any]) -> Draft:
    ids = tuple(new_id("toolu_01") for _ in reply.calls)
    return Draft(new_id("msg_01"), model, reply, plan, request_id, ids, terms)


def usage(sent: Draft, output: int) -> dict[str, Any]:
    plan = sent.plan
    return {
        "input_tokens": plan.fresh,
        "cache_creation_input_tokens": plan.write,
        "cache_read_input_tokens": plan.read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": plan.written.get(300.0, 0),
            "ephemeral_1h_input_tokens": plan.written.get(3_600.0, 0),
        },
        "output_tokens": output,
        **sent.terms,
    }


def message(sent: Draft) -> bytes:
    content: list[dict[str, Any]] = [_text(sent.reply.text)] if sent.reply.text else []
    content += [
        _tool_use(id_, call, call.arguments)
        for id_, call in zip(sent.tool_ids, sent.reply.calls, strict=True)
    ]
    return orjson.dumps({**_message(sent, content), **_ending(sent), "usage": usage(sent, sent.reply.tokens)})


def script(sent: Draft, error: str | None = None) -> Script:
    steps: list[bytes] = []
    opening, index = b"", 0
    if sent.reply.text:
        steps += _text_steps(sent.reply.text)
        opening, index = _block_stop(0), 1
        steps[0] = _block_start(0, _text("")) + event("ping", {}) + steps[0]
    for id_, call in zip(sent.tool_ids, sent.reply.calls, strict=True):
        deltas = _json_steps(index, arguments_of(call))
        deltas[0] = opening + _block_start(index, _tool_use(id_, call, {})) + deltas[0]
        steps += deltas
        opening, index = _block_stop(index), index + 1
    return Script(
        _head(sent),
        steps,
        opening + _tail(sent),
        lambda _: error_event(sent.request_id, error or "overloaded_error"),
    )


def event(kind: str, fields: dict[str, Any]) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (kind.encode(), orjson.dumps({"type": kind, **fields}))


def error_event(request_id: str, kind: str = "overloaded_error") -> bytes:
    error = {"details": None, "type": kind, "message": MESSAGES.get(kind, "Internal server error")}
    return event("error", {"error": error, "request_id": request_id})


def _message(sent: Draft, content: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": sent.id,
        "type": "message",
        "role": "assistant",
        "model": sent.model,
        "content": content,
        "stop_reason": None,
        "stop_sequence": None,
        "stop_details": None,
    }


def _ending(sent: Draft) -> dict[str, Any]:
    return {
        "stop_reason": STOP_REASONS[sent.reply.ending],
        "stop_sequence": sent.reply.stop,
        "stop_details": REFUSED if sent.reply.ending == "refusal" else None,
    }


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _tool_use(id_: str, call: Call, arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "tool_use",
        "id": id_,
        "name": call.name,
        "input": arguments,
        "caller": {"type": "direct"},
    }


def _head(sent: Draft) -> bytes:
    opening = {**_message(sent, []), "usage": usage(sent, min(1, sent.reply.tokens))}
    return event("message_start", {"message": opening})


def _tail(sent: Draft) -> bytes:
    final = {
        name: value for name, value in usage(sent, sent.reply.tokens).items() if name.endswith("_tokens")
    }
    return event("message_delta", {"delta": _ending(sent), "usage": final}) + event("message_stop", {})


def _block_start(index: int, block: dict[str, Any]) -> bytes:
    return event("content_block_start", {"index": index, "content_block": block})


def _block_stop(index: int) -> bytes:
    return event("content_block_stop", {"index": index})


def _text_steps(text: str) -> list[bytes]:
    start = (
        b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,'
        b'"delta":{"type":"text_delta","text":'
    )
    return [start + orjson.dumps(piece) + b"}}\n\n" for piece in tokens.split(text)]


def _json_steps(index: int, arguments: str) -> list[bytes]:
    return [
        event(
            "content_block_delta",
            {"index": index, "delta": {"type": "input_json_delta", "partial_json": piece}},
        )
        for piece in tokens.split(arguments)
    ]
