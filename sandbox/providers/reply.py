"""An answer as it leaves the provider: shortened by limits, stop sequences and faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import orjson

from sandbox.providers import tokens
from sandbox.providers.faults import Fault
from sandbox.providers.prompt import Answer, Call

Ending = Literal["end", "length", "stop_sequence", "tools", "refusal"]


@dataclass(frozen=True, slots=True)
class Reply:
    text: str
    calls: tuple[Call, ...]
    ending: Ending
    stop: str | None = None

    @property
    def tokens(self) -> int:
        return tokens.count(self.text) + sum(tokens.count(arguments_of(call)) for call in self.calls)


def arguments_of(call: Call) -> str:
    return orjson.dumps(call.arguments).decode()


def shape(answer: Answer, limit: int | None, stops: Sequence[str], fault: Fault | None) -> Reply:
    reply = _stopped(Reply(answer.text, answer.calls, "tools" if answer.calls else "end"), stops)
    if limit is not None:
        reply = _shortened(reply, limit, "length")
    if fault is not None and fault.kind == "refusal":
        return _refused(reply, fault.at)
    if fault is not None and fault.kind == "max_tokens":
        return _shortened(reply, min(fault.at, max(reply.tokens - 1, 0)), "length")
    return reply


def _stopped(reply: Reply, stops: Sequence[str]) -> Reply:
    found = [(reply.text.find(stop), stop) for stop in stops if stop in reply.text]
    if not found:
        return reply
    at, stop = min(found)
    return Reply(reply.text[:at], (), "stop_sequence", stop)


def _shortened(reply: Reply, limit: int, ending: Ending) -> Reply:
    """Tool calls are whole or not there: half a call's arguments are no use to anyone."""
    if reply.tokens <= limit:
        return reply
    return Reply(tokens.clip(reply.text, limit), (), ending)


def _refused(reply: Reply, at: int) -> Reply:
    return replace(_shortened(reply, at, "refusal"), ending="refusal", calls=(), stop=None)
