"""What a model may have done for it while it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from services.entities.people import Actor
from services.entities.tools import ToolUse
from services.ports.models import Tool, ToolResult


@dataclass(frozen=True, slots=True)
class Asker:
    """With whose rights, and who will read what comes of it: all of `channel`; None: the asker alone."""

    actor: Actor
    channel: str | None


class Toolbox(Protocol):
    @property
    def tools(self) -> tuple[Tool, ...]:
        """Always the same, in the same order: they stand first in what providers cache."""
        ...

    async def helps(self, asker: Asker) -> bool:
        """Whether there is anything that they could do for them."""
        ...

    async def use(self, asker: Asker, use: ToolUse) -> ToolResult:
        """Rights are asked for anew each time. What cannot be done is told as a failed result."""
        ...
