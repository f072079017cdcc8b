"""Requests that pretend to be Slack's: forged, malformed, replayed, late. Made from a seed."""

from __future__ import annotations

import hashlib
import hmac
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import orjson

from tests.chaos.nonsense import JSON, bodies

TOO_LARGE = 2**20 + 1


@dataclass(frozen=True, slots=True)
class Forgery:
    """`signed`: by the right secret, so that only its content is wrong."""

    kind: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    signed: bool = False


def sign(secret: str, body: bytes, at: float, *, content_type: str = JSON) -> dict[str, str]:
    timestamp = str(int(at))
    base = b"v0:" + timestamp.encode() + b":" + body
    signature = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={signature}",
    }


def mention(channel: str, user: str, bot: str, team: str, number: int) -> bytes:
    """A well-formed event that would be answered."""
    ts = f"{int(time.time())}.{number:06}"
    event = {
        "type": "app_mention",
        "user": user,
        "text": f"<@{bot}> say exactly: forged {number}",
        "ts": ts,
        "channel": channel,
        "event_ts": ts,
    }
    return orjson.dumps(
        {
            "type": "event_callback",
            "team_id": team,
            "api_app_id": "A0SANDBOX1",
            "event_id": event_id(number),
            "event_time": int(time.time()),
            "event": event,
        }
    )


def event_id(number: int) -> str:
    return f"Ev{number:010}"


class Forger:
    """`event(number)` gives the body of an event that would be taken if it were Slack's."""

    def __init__(self, secret: str, event: Callable[[int], bytes], seed: int) -> None:
        self._secret, self._event, self._random = secret, event, random.Random(seed)

    def make(self, count: int) -> Iterator[Forgery]:
        kinds = [self._forged, self._syntax, self._late, self._altered, self._bytes, self._malformed]
        for number in range(count):
            yield kinds[number % len(kinds)](number)

    def _now(self, body: bytes, **more: str) -> dict[str, str]:
        return {**sign(self._secret, body, time.time()), **more}

    def _forged(self, number: int) -> Forgery:
        body = self._event(number)
        secret = self._random.choice(
            ["", "0" * 32, self._secret[::-1], self._secret.upper(), self._secret[:-1]]
        )
        return Forgery("forged", body, sign(secret, body, time.time()))

    def _syntax(self, number: int) -> Forgery:
        body = self._event(number)
        good = sign(self._secret, body, time.time())
        signature, stamp = good["X-Slack-Signature"], good["X-Slack-Request-Timestamp"]
        wrong = self._random.choice(
            [
                {"X-Slack-Signature": ""},
                {"X-Slack-Signature": signature.upper()},
                {"X-Slack-Signature": signature.replace("v0=", "v1=")},
                {"X-Slack-Signature": signature[3:]},
                {"X-Slack-Signature": signature + "0"},
                {"X-Slack-Signature": signature[:-1]},
                {"X-Slack-Signature": f"{signature},{signature}"},
                {"X-Slack-Signature": "v0=" + "ａ" * 64},
                {"X-Slack-Request-Timestamp": ""},
                {"X-Slack-Request-Timestamp": f"{stamp}.0"},
                {"X-Slack-Request-Timestamp": f"+{stamp}"},
                {"X-Slack-Request-Timestamp": f"0{stamp}"},
                {"X-Slack-Request-Timestamp": f"{stamp}e0"},
                {"X-Slack-Request-Timestamp": "".join(chr(0x660 + int(digit)) for digit in stamp)},
                {"X-Slack-Request-Timestamp": "-1"},
                {"X-Slack-Request-Timestamp": "9" * 40},
                {"X-Slack-Request-Timestamp": "nan"},
            ]
        )
        headers = {**good, **wrong}
        if self._random.random() < 0.2:
            headers.pop(next(iter(wrong)))
        return Forgery("syntax", body, encodable(headers))

    def _late(self, number: int) -> Forgery:
        body = self._event(number)
        ago = self._random.choice([301, 302, 400, 3_600, 86_400, 10**8])
        # A stamp of the future comes nearer while a busy machine sends it.
        away = self._random.choice([-ago, ago + 3_600])
        return Forgery("late", body, sign(self._secret, body, time.time() + away))

    def _altered(self, number: int) -> Forgery:
        body = self._event(number)
        headers = self._now(body)
        changed = self._random.choice(
            [body + b" ", body.replace(b"forged", b"f0rged"), body[:-1], b"", b"{}"]
        )
        return Forgery("altered", changed, headers)

    def _bytes(self, number: int) -> Forgery:
        """Bodies that are no text, or too much of it; rightly signed as they are."""
        body = self._random.choice(
            [b"\xff\xfe\x00", b"\xc3\x28" * 50, b"\xed\xa0\x80", self._event(number) + b"\xff", b"\x80"]
        )
        if number % 240 == 4:
            body = b'{"type":"event_callback","x":"' + b"a" * TOO_LARGE + b'"}'
        return Forgery("bytes", body, self._now(body))

    def _malformed(self, number: int) -> Forgery:
        """Rightly signed, but not what Slack would say."""
        body, content_type = self._random.choice(bodies(self._event(number)))
        return Forgery(
            "malformed", body, sign(self._secret, body, time.time(), content_type=content_type), signed=True
        )


def encodable(headers: Mapping[str, str]) -> dict[str, str]:
    """Header values as the bytes that a hostile client would send."""
    return {name: value.encode().decode("latin-1") for name, value in headers.items()}
