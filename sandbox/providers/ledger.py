"""What was paid: one entry for every request a provider accepted, written when it starts."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.providers.faults import Provider

ENTRIES = 20_000
BODIES = 500
SECRET_HEADERS = frozenset({"authorization", "x-api-key", "cookie", "proxy-authorization"})

Status = Literal["started", "finished", "cut"]


@dataclass(slots=True)
class Paid:
    """One accepted request. Times are seconds since the epoch.

    `input_tokens` is the whole prompt at either provider; `cached_tokens` and `cache_write_tokens` are parts
    of it. `usage` is what a whole answer says on the wire (there Anthropic's `input_tokens` excludes them).
    `output_tokens` is what was really produced: it grows while a paced stream runs, until it ends or is cut.
    With `batch` it costs half. `audio_seconds` is the length of a recording that was transcribed.
    """

    request_id: str
    answer_id: str
    provider: Provider
    model: str
    streamed: bool
    input_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    started: float
    body_sha: str
    headers: dict[str, str]
    usage: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    output_tokens: int = 0
    status: Status = "started"
    stop: str | None = None
    finished: float | None = None
    batch: bool = False
    audio_seconds: float | None = None

    @property
    def cut(self) -> bool:
        return self.status == "cut"

    @property
    def total_tokens(self) -> int:
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that was turned away and cost nothing. `status` is 0 where the connection was dropped."""

    request_id: str
    provider: Provider
    model: str | None
    status: int
    error: str
    at: float


class Ledger:
    """The last 20,000 entries, oldest first; of the last 500 also the request bodies (`keep_bodies`)."""

    def __init__(self, keep_bodies: int = BODIES) -> None:
        self.keep_bodies = keep_bodies
        self.refused: deque[Refused] = deque(maxlen=ENTRIES)
        self._paid: deque[Paid] = deque(maxlen=ENTRIES)
        self._with_body: deque[Paid] = deque()

    def __iter__(self) -> Iterator[Paid]:
        return iter(list(self._paid))

    def __len__(self) -> int:
        return len(self._paid)

    def __getitem__(self, index: int) -> Paid:
        return self._paid[index]

    def of(self, provider: Provider) -> list[Paid]:
        return [paid for paid in self._paid if paid.provider == provider]

    def record(self, paid: Paid) -> Paid:
        self._paid.append(paid)
        self._with_body.append(paid)
        while len(self._with_body) > self.keep_bodies:
            self._with_body.popleft().body = None
        return paid

    def reset(self) -> None:
        self._paid.clear()
        self._with_body.clear()
        self.refused.clear()


def fingerprint(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def redacted(headers: Mapping[str, str]) -> dict[str, str]:
    lowered = ((name.lower(), value) for name, value in headers.items())
    return {name: "redacted" if name in SECRET_HEADERS else value for name, value in lowered}
