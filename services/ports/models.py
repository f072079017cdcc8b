"""What a model is asked and what it gives, whoever provides it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

from services.entities import Usage


@dataclass(frozen=True, slots=True)
class TextPart:
    text: str
    cache: bool = False  # a breakpoint: the prefix up to here is stable


@dataclass(frozen=True, slots=True)
class ImagePart:
    mimetype: str
    data: bytes


Part = TextPart | ImagePart


@dataclass(frozen=True, slots=True)
class ModelMessage:
    role: Literal["user", "assistant"]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """What a model is asked. The prefix (system, then older messages) is kept stable for provider caches."""

    system: tuple[TextPart, ...]
    messages: tuple[ModelMessage, ...]
    max_tokens: int
    purpose: str
    cache_key: str = ""  # groups similar requests (a conversation's id)


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """`stop`: "end", "length" (output cap), "refusal" or "context" (input too long)."""

    usage: Usage
    stop: Literal["end", "length", "refusal", "context"]
    request_id: str | None = None


ModelEvent = TextDelta | Finished


class ChatModel(Protocol):
    """One model at one provider, without retries of its own.

    `stream` raises ModelUnavailable or ModelRejected before the first delta, ModelBroke after it. The
    exception of a broken stream carries what is known of the usage in `usage` (None: nothing known).
    Closing the iterator early closes the connection.
    """

    @property
    def provider(self) -> str: ...

    @property
    def name(self) -> str: ...

    def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]: ...


class Prices(Protocol):
    def cost(self, provider: str, model: str, usage: Usage) -> Decimal | None:
        """US dollars, or None where the model's price is unknown."""
        ...
