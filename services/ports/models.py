"""What a model is asked and what it gives, whoever provides it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Protocol

from services.entities.calls import Usage
from services.entities.tools import Thought, ToolUse


@dataclass(frozen=True, slots=True)
class TextPart:
    text: str
    cache: bool = False  # a breakpoint: the prefix up to here is stable


@dataclass(frozen=True, slots=True)
class ImagePart:
    mimetype: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came of the use of this id; `failed`: nothing, and why."""

    use: str
    text: str
    failed: bool = False


Part = TextPart | ImagePart | ToolUse | ToolResult | Thought
"""A message of the assistant may hold thoughts, then text, then uses; the user's next one begins with their results."""


@dataclass(frozen=True, slots=True)
class ModelMessage:
    role: Literal["user", "assistant"]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Tool:
    """What a model may ask for. `schema`: a JSON schema of one object, whose optional members are left out."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """What a model is asked. The prefix (tools, system, then older messages) is kept stable for provider caches."""

    system: tuple[TextPart, ...]
    messages: tuple[ModelMessage, ...]
    max_tokens: int
    purpose: str
    cache_key: str = ""  # groups similar requests (a conversation's id)
    tools: tuple[Tool, ...] = ()
    may_use: bool = True  # False: it sees its tools, and has to answer without using them


Stop = Literal["end", "length", "refusal", "context", "tools"]


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """`stop`: "end", "length" (output cap), "refusal", "context" (input too long) or "tools": it waits for
    what came of `uses`."""

    usage: Usage
    stop: Stop
    request_id: str | None = None
    uses: tuple[ToolUse, ...] = ()
    thoughts: tuple[Thought, ...] = ()


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
