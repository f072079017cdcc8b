"""What a model asks us to do for it before it answers, and the rounds of a turn in which it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ToolUse:
    """`arguments` as the model wrote them: a JSON object, if it kept to the rules."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Thought:
    """What `model`, and no other, has to be sent back of its own thinking; closed to us."""

    model: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Round:
    """One paid call of a turn that ended in tool uses: from 1, with the text that came before them."""

    turn_id: UUID
    number: int
    text: str
    uses: tuple[ToolUse, ...]
    thoughts: tuple[Thought, ...] = ()
