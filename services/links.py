"""Links into the library for one person, and the short sessions they are exchanged for.

Neither is stored: each says who may open what until when, signed with a key that every process has. What it
says is only who is asking; whether that person may still see the item is asked of the library each time.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

import orjson

from services.entities.people import Actor
from services.errors import LinkExpired, LinkForged
from services.ports.clock import Clock

Purpose = Literal["link", "session"]

LINK_LIVES = timedelta(seconds=60)
SESSION_LIVES = timedelta(hours=1)
SESSION_ENDS = timedelta(hours=12)
"""After the link was opened, however often the session was renewed."""
LONGEST = 1_000
KEY = 32


@dataclass(frozen=True, slots=True)
class Pass:
    """`actor` may ask for one item until `until`; `begun` is when its link was opened."""

    actor: Actor
    until: datetime
    begun: datetime


class Signer:
    """HMAC-SHA256 over purpose, item, person and times. `secret` is the same in every process."""

    def __init__(self, secret: bytes, purpose: Purpose) -> None:
        self._key = derived(secret, f"showrunner library {purpose}")

    def sign(self, content_id: UUID, granted: Pass) -> str:
        told = [granted.actor.team, granted.actor.user, _seconds(granted.until), _seconds(granted.begun)]
        payload = _text(orjson.dumps(told))
        return f"{payload}.{_text(self._mac(content_id, payload))}"

    def read(self, content_id: UUID, signed: str) -> Pass:
        """Whatever its time. Raises LinkForged."""
        payload, _, mac = signed.partition(".")
        if len(signed) > LONGEST or not hmac.compare_digest(
            _text(self._mac(content_id, payload)).encode(), mac.encode("utf-8", "replace")
        ):
            raise LinkForged
        team, user, until, begun = orjson.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return Pass(Actor(team, user), _time(until), _time(begun))

    def _mac(self, content_id: UUID, payload: str) -> bytes:
        message = content_id.bytes + payload.encode("utf-8", "replace")
        return hmac.new(self._key, message, hashlib.sha256).digest()


class LinkSigner:
    """`site`: the address under which people reach us, without a slash at its end."""

    def __init__(self, secret: bytes, site: str, clock: Clock) -> None:
        self._signer = Signer(secret, "link")
        self._site = site
        self._clock = clock

    def sign(
        self, content_id: UUID, actor: Actor, *, at: float | None = None, page: int | None = None
    ) -> str:
        """An address that opens the item for `actor` within the next 60 seconds: at that second, on that page."""
        now = self._clock.now()
        sig = self._signer.sign(content_id, Pass(actor, now + LINK_LIVES, now))
        where: dict[str, Any] = {} if at is None else {"t": f"{at:g}"}
        where |= {} if page is None else {"page": page}
        return f"{self._site}/library/{content_id}?{urlencode({**where, 'sig': sig})}"

    def opened(self, content_id: UUID, signed: str) -> Actor:
        """Who it was made for. Raises LinkExpired, LinkForged."""
        granted = self._signer.read(content_id, signed)
        if self._clock.now() >= granted.until:
            raise LinkExpired
        return granted.actor


class ItemSessions:
    """What an opened link becomes: an hour with one item, renewed while it is used, twelve hours in all."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._signer = Signer(secret, "session")
        self._clock = clock

    def begin(self, content_id: UUID, actor: Actor) -> str:
        now = self._clock.now()
        return self._signer.sign(content_id, Pass(actor, now + SESSION_LIVES, now))

    def read(self, content_id: UUID, signed: str) -> Pass:
        """Raises LinkExpired, LinkForged."""
        granted = self._signer.read(content_id, signed)
        if self._clock.now() >= min(granted.until, granted.begun + SESSION_ENDS):
            raise LinkExpired
        return granted

    def renewed(self, content_id: UUID, granted: Pass) -> str | None:
        """Once half its time is over; None before."""
        now = self._clock.now()
        if granted.until - now > SESSION_LIVES / 2:
            return None
        return self._signer.sign(content_id, replace(granted, until=now + SESSION_LIVES))


def derived(secret: bytes, purpose: str) -> bytes:
    """HKDF with SHA-256 (RFC 5869), one block: a key that tells nothing about those for other purposes."""
    extracted = hmac.new(b"\0" * hashlib.sha256().digest_size, secret, hashlib.sha256).digest()
    return hmac.new(extracted, purpose.encode() + b"\x01", hashlib.sha256).digest()[:KEY]


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
