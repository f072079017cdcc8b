"""Bodies that carry Slack's signature and are nothing that Slack would say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import orjson

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
Json = dict[str, Any]

VALUES: tuple[Any, ...] = (
    *(None, 7, [], {}, [None], [7], [{}]),
    *("", "not a ts", "\u0000", "-1.0", "1e400"),
)
FIELDS = ("ts", "channel", "user", "text", "thread_ts", "files")
EVENTS: tuple[Any, ...] = (None, [], "x", 7, {"type": ["app_mention"]}, {"type": {}})
MESSAGES: tuple[Any, ...] = (None, 7, [], {}, {"ts": None}, {"text": 7, "ts": "1.000001"})
CHANNELS: tuple[Any, ...] = (None, 7, "", "C1")
PAYLOADS = (
    "",
    "notjson",
    "{}",
    '{"type":"block_actions"}',
    '{"type":"block_actions","actions":[]}',
    '{"type":"block_actions","actions":[{"action_id":"chat.continue"}]}',
    '{"type":"view_submission","view":{"callback_id":"chat.ask_modal"}}',
    '{"type":"message_action","callback_id":"chat.about"}',
)
FORMS = (
    b"command=%2Fask",
    b"command=%2Fask&text=x",
    b"command=%2Fask&text=x&team_id=T1&user_id=U1&trigger_id=1.2",
    b"command=%2Fshowrunner&text=%00",
    b"command=" + b"x" * 3_000,
    b"&&&===",
    b"%ff%fe=%00",
)
TEXTS = (b"null", b"[]", b"7", b'"text"', b"{", b"", b"nul", b"[" * 2_000, b'{"type":' + b"[" * 900)


def bodies(good: bytes) -> list[tuple[bytes, str]]:
    """(body, content type) of everything that can be made of a good event, and of none."""
    event: Json = orjson.loads(good)
    made = [*_incomplete(event), *_twisted(event), *_hidden(event)]
    forms = [*(f"payload={quote(payload)}".encode() for payload in PAYLOADS), *FORMS]
    return [
        *((orjson.dumps(body), JSON) for body in made),
        *((form, FORM) for form in forms),
        *((text, JSON) for text in TEXTS),
    ]


def _incomplete(event: Json) -> Iterator[Json]:
    inner: Json = event["event"]
    for name in ("team_id", "event_id", "event"):
        yield _without(event, name)
    for name in ("channel", "ts", "user", "type"):
        yield {**event, "event": _without(inner, name)}


def _twisted(event: Json) -> Iterator[Json]:
    inner: Json = event["event"]
    for value in EVENTS:
        yield {**event, "event": value}
    for name in FIELDS:
        for value in VALUES:
            yield {**event, "event": {**inner, name: value}}
            yield {**event, "event": {**inner, name: value, "type": "message"}}


def _hidden(event: Json) -> Iterator[Json]:
    for value in MESSAGES:
        changed = {"type": "message", "subtype": "message_changed", "channel": "C1", "message": value}
        yield {**event, "event": changed}
    for value in CHANNELS:
        yield {**event, "event": {"type": "message", "subtype": "message_deleted", "channel": value}}


def _without(body: Json, name: str) -> Json:
    return {key: value for key, value in body.items() if key != name}
