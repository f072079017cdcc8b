"""What a model is asked, freed of either provider's wire format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Schema = dict[str, Any]
Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One text of the conversation; a message with several content blocks makes several turns."""

    role: Role
    text: str
    images: int = 0


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    description: str
    schema: Schema


@dataclass(frozen=True, slots=True)
class Prompt:
    """`must_call` names a tool that has to be called, "*" any of them; `may_call` is False where none may."""

    model: str
    turns: tuple[Turn, ...]
    tools: tuple[Tool, ...] = ()
    may_call: bool = True
    must_call: str | None = None
    schema: Schema | None = None


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    text: str = ""
    calls: tuple[Call, ...] = ()
