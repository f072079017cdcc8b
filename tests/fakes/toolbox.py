"""A tool that finds what a test puts there, and remembers who asked for what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from services.entities.tools import ToolUse
from services.ports.models import Tool, ToolResult
from services.ports.tools import Asker, Toolbox

SCHEMA = {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]}
LOOK_UP = Tool("search_library", "Finds passages.", SCHEMA)


@dataclass
class FakeToolbox:
    found: str = "- [interview, 1:00](https://acme.slack.com/archives/C1/p1): “Ninety euros.”"
    has_something: bool = True
    uses: list[tuple[Asker, ToolUse]] = field(default_factory=list)
    on_use: Callable[[], Awaitable[None]] | None = None
    tools: tuple[Tool, ...] = (LOOK_UP,)

    async def helps(self, asker: Asker) -> bool:
        return self.has_something

    async def use(self, asker: Asker, use: ToolUse) -> ToolResult:
        self.uses.append((asker, use))
        if self.on_use is not None:
            await self.on_use()
        return ToolResult(use.id, self.found)


def _is_a_toolbox(toolbox: FakeToolbox) -> Toolbox:
    return toolbox
